import pytest

from bland_deploy.documents.comments import find_comments

YAML = """\
# bland-deploy: one
a: "q # bland-deploy: no" # bland-deploy: two
b: | # bland-deploy: three
  text # bland-deploy: no
  # bland-deploy: no
  {# bland-deploy: four #}
  Hello {# bland-deploy: five #}
# bland-deploy: six

# another
c: plain#bland-deploy:no
d: 'x
  # bland-deploy: no
  y'
e: [https://example.com/?a=b, # bland-deploy: seven
  f]
g: >-
  {# bland-deploy: eight #} folded
h: x #bland-deploy:nine # bland-deploy: no
"""


def about(text, *, is_yaml):
    return {comment.text: comment.about for comment in find_comments(text, "f", is_yaml=is_yaml)}


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("begin", ["", "\ufeff"])
def test_in_yaml_comments_are_told_from_texts(line_end, begin):
    assert about(begin + YAML.replace("\n", line_end), is_yaml=True) == {
        "one": 2,
        "two": 2,
        "three": 3,
        "four": 7,
        "five": 7,
        "six": 11,
        "seven": 15,
        "eight": 18,
        "nine # bland-deploy: no": 19,
    }


def test_yaml_whose_texts_cannot_be_told_has_no_comments():
    assert about("a: 1 # bland-deploy: x\nb: 'never closed", is_yaml=True) == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{# bland-deploy: x #}\nHello", {"x": 2}),
        ("{#- bland-deploy: x -#}\n\nHello", {"x": 3}),
        ("{# bland-deploy: x #}\n{# bland-deploy: y #}\n# Title", {"x": 3, "y": 3}),
        ("{# bland-deploy: x\n   and more #}\nHello", {"x and more": 3}),
        ("Hello {{ name }} {# bland-deploy: x #}\n", {"x": 1}),
        ("{# bland-deploy: x #} Hello", {"x": 1}),
        ("{# bland-deploy: x #}", {"x": 0}),
        ("{% raw %}{# bland-deploy: x #}{% endraw %}{# bland-deploy: y #}", {"y": 1}),
        ("{%- raw -%}{# bland-deploy: x #}", {}),
        ("{# about bland-deploy: x #}", {}),
        ("# bland-deploy: x", {}),
        ("{# for nobody #}", {}),
        ("{# bland-deploy: never closed", {}),
    ],
)
def test_in_templates_comments_are_those_of_jinja(text, found):
    assert about(text, is_yaml=False) == found


def test_a_comment_has_a_place():
    (comment,) = find_comments("a: 1\nb: 2  # bland-deploy: x", "f.yaml", is_yaml=True)
    assert str(comment.place) == "f.yaml:2:7"
