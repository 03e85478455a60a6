"""What a hostile campaign may say, for every view that shows what users wrote."""

ESC = "\x1b"
TEXTS = {
    "mentions": "@octocat, @octo-org/team, see #12, octo/repo#7, GH-12, !5, ~bug, %v1, &3, $9 and a@example.com",
    "links": "[click](https://evil.example) ![x](https://evil.example/x.png) https://evil.example www.evil.example "
    "<https://evil.example>",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)></details></summary></pre></textarea>"
    "<!-- -->&lt;b&gt;",
    "end of a script": "</script><script>alert(1)</script></SCRIPT ><!--<script>",
    "fences": "```\n````\n~~~\n`````js\nalert(1)\n`````\n",
    "ticks": "`a``b```c",
    "tables": "a | b \\| c\n|---|\n| d |",
    "headings": "# one\n## two\n\nthree\n===\n> four\n- five\n1. six\n/close\n/assign @octocat\n",
    "workflow commands": "::error::boom\n  ::add-mask::x\n::stop-commands::y\n"
    "##[error]boom\n a ##[add-path]b\n##vso[task.x]y\n",
    "terminal": f"{ESC}[31mred{ESC}[0m"
    f"{ESC}]8;;https://evil.example{ESC}\\link{ESC}]8;;{ESC}\\{ESC}[2J\x9b2J\x07\x08\r\x00\x7f",
    "direction": "safe \u202egpj.exe\u202c \u2066x\u2069 \u2028 \u2029",
    "halves": "half of a pair: \ud800 and \udfff",
    "markers": "<!-- bland-deploy: {} -->\n--- a\n+++ b\n@@ -1 +1 @@\n",
    "long line": "word " * 200_000,
    "many lines": "x\n" * 300_000,
    "blank lines": "\n" * 500_000,
    "blanks": " " * 500_000 + "::error::x",
    "ticks and more": "`" * 200_000,
}
