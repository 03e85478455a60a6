"""Rules about templates and placeholders."""

from bland_deploy.rules.rule import ERROR, WARNING, Example, Level, Rule

_JINJA = "https://jinja.palletsprojects.com/en/stable/templates/"
_VARIABLES = "https://docs.bland.ai/tutorials/dynamic-data"

TEMPLATES = (
    Rule(
        "template-syntax",
        Level.TEMPLATE,
        ERROR,
        "A template cannot be read.",
        "It would be sent half rendered, and read out to people.",
        "Close what is open; `{% raw %}` keeps braces that are meant as text.",
        _JINJA,
        Example('prompt: "{% if vars.x %}Hello."', "prompt: Hello."),
    ),
    Rule(
        "template-undefined",
        Level.TEMPLATE,
        ERROR,
        "A template reads a name that its scope does not have.",
        "An empty gap in a sentence is worse than a stop.",
        "Correct the name, or allow for its absence with `| default('…')`.",
        _JINJA,
        Example('prompt: "We are {{ vars.company }}."', 'vars: {company: Acme}\nprompt: "We are {{ vars.company }}."'),
    ),
    Rule(
        "template-scope",
        Level.TEMPLATE,
        ERROR,
        "A scope is used where it does not exist, such as `row` in the prompt that all calls share.",
        "The prompt is one text for a whole batch; rows differ.",
        "Give Bland a variable in `recipients.variables` and write `{{its_name}}` in the prompt.",
        example=Example('prompt: "You call {{ row.name }}."', 'prompt: "You call {{name}}."'),
    ),
    Rule(
        "template-shadow",
        Level.TEMPLATE,
        ERROR,
        "A template sets a name that is ours already, such as `row` or `omit`.",
        "The rest of the template would read something else than it says.",
        "Choose another name.",
        example=Example('prompt: "{% set vars = 1 %}Hello."', 'prompt: "{% set number = 1 %}Hello."'),
    ),
    Rule(
        "template-filter",
        Level.TEMPLATE,
        ERROR,
        "A filter or a test that does not exist.",
        "Templates are deterministic and sandboxed, so not every filter of Jinja is there.",
        "Use the one that is suggested.",
        _JINJA,
        Example('prompt: "{{ vars.a | uper }}"\nvars: {a: b}', 'prompt: "{{ vars.a | upper }}"\nvars: {a: b}'),
    ),
    Rule(
        "template-function",
        Level.TEMPLATE,
        ERROR,
        "A function that does not exist, or a method of a value.",
        "Methods of values could do anything; what data needs goes through a filter.",
        "Use a filter: `| upper`, `| replace('a', 'b')`, `| items`.",
        _JINJA,
        Example('prompt: "{{ vars.a.upper() }}"\nvars: {a: b}', 'prompt: "{{ vars.a | upper }}"\nvars: {a: b}'),
    ),
    Rule(
        "template-include",
        Level.TEMPLATE,
        ERROR,
        "An included file does not exist, lies outside of the workspace, includes itself, or its path is computed.",
        "Every file that a prompt consists of is to be known, and reviewed, before anything is sent.",
        "Write the path out, from the workspace's root.",
        _JINJA,
        Example("prompt: \"{% include 'prompts/nowhere.md' %}\"", "prompt: Hello."),
    ),
    Rule(
        "template-value",
        Level.TEMPLATE,
        ERROR,
        "An expression cannot be computed with its values.",
        "A division by zero or text added to a number has no result to send.",
        "Make numbers of texts with `| int` or `| float`, and give empty cells a value with `| default`.",
        _JINJA,
        Example('prompt: "{{ 1 / vars.n }}"\nvars: {n: 0}', 'prompt: "{{ 1 / vars.n }}"\nvars: {n: 2}'),
    ),
    Rule(
        "template-limit",
        Level.TEMPLATE,
        ERROR,
        "A template would grow too big, too deep or too slow.",
        "Rendering is bounded, so that no file can stop a run or fill the memory.",
        "Make loops smaller, and split long texts.",
        example=Example(
            'prompt: "{% for i in range(100000000) %}x{% endfor %}"', 'prompt: "{% for i in range(3) %}x{% endfor %}"'
        ),
    ),
    Rule(
        "placeholder-unknown",
        Level.TEMPLATE,
        ERROR,
        "A bare `{{name}}` that nothing gives Bland a value for.",
        "Bland would read the braces out, or nothing.",
        "Correct the name, add it to `recipients.variables`, or to `placeholders` if a tool or a pathway provides it.",
        _VARIABLES,
        Example('prompt: "You call {{nmae}}."', 'prompt: "You call {{name}}."'),
    ),
    Rule(
        "placeholder-missing",
        Level.TEMPLATE,
        WARNING,
        "A placeholder has no value for some rows.",
        "These people hear a sentence with a gap.",
        "Give the rows a value, or one for all in `recipients.defaults`.",
        _VARIABLES,
        Example(
            'prompt: "You call {{name}}."\nrecipients:\n  inline:\n    - {phone_number: "+14155550100", name: Ada}\n'
            '    - {phone_number: "+14155550101"}',
            'prompt: "You call {{name}}."\nrecipients:\n  inline:\n    - {phone_number: "+14155550100", name: Ada}\n'
            '    - {phone_number: "+14155550101", name: Grace}',
        ),
    ),
    Rule(
        "placeholder-space",
        Level.TEMPLATE,
        WARNING,
        "A placeholder has a space in its name.",
        "Bland's own pages call for names without spaces.",
        'Write `_` in place of the space, or `row["first name"]` if the cell is meant.',
        _VARIABLES,
        Example(
            'prompt: "{{first name}}"\nplaceholders: [first name]',
            'prompt: "{{first_name}}"\nplaceholders: [first_name]',
        ),
    ),
    Rule(
        "placeholder-dotted",
        Level.TEMPLATE,
        WARNING,
        "A dotted name that is at none of our scopes.",
        "It is left for Bland as it is, which is rarely meant: dotted names are ours, bare ones Bland's.",
        "Correct the scope, or say with `{% raw %}` that it is meant so.",
        example=Example(
            'prompt: "{{ var.company }}"\nvars: {company: Acme}', 'prompt: "{{ vars.company }}"\nvars: {company: Acme}'
        ),
    ),
    Rule(
        "placeholder-logic",
        Level.TEMPLATE,
        ERROR,
        "A bare name has a filter or a test, or stands in `{% if %}`.",
        "The name has no value when deploying, and Bland runs no logic during the call.",
        "Use `row.name` or `vars.name` in logic; `{{name}}` alone is filled during the call.",
        _VARIABLES,
        Example('prompt: "You call {{ name | upper }}."', 'prompt: "You call {{name}}."'),
    ),
)
