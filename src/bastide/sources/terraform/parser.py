"""Files of the Terraform language (HCL's native syntax) into bodies, and expressions into nodes.

Built for speed: one regular expression reads a whole line of the common forms (`name = "text"`, `name = a.b.c`,
a block's head), and only what is left goes token by token. Limits on nesting hold; every fault of the text is
a `SyntaxFault` with an offset, never another exception. The grammar is HCL's native syntax specification.
"""

from __future__ import annotations

import re
from typing import Any

from bastide.sources.limits import MAX_DEPTH, MAX_NESTING
from bastide.sources.terraform import nodes
from bastide.sources.terraform.cursor import ALL, INLINE, INLINE_SPACE, NAME, PLAIN_TEXT, SPACE
from bastide.sources.terraform.operators import number
from bastide.sources.terraform.syntax import Block, Body, SyntaxFault, Text
from bastide.sources.terraform.template import Templates

_NUMBER = r"\d++(?>(?:\.\d++)?)(?>(?:[eE][+-]?\d++)?)"
_WORD = rf"{NAME}(?>(?:\.{NAME})*)"
_COMMENT = r"(?:(?:\#|//)[^\n]*+)?"

_ITEM = re.compile(
    rf"""{SPACE}(?:
    (?P<name>{NAME})[ \t]*+(?:
        =(?![=>])[ \t]*+(?:
            (?:"(?P<text>{PLAIN_TEXT})"|(?P<number>-?{_NUMBER})|(?P<word>{_WORD}))[ \t]*+{_COMMENT}(?=\n|\Z)
            |(?P<other>))
        |(?P<labels>(?>(?:(?:"[^"\\\n]*+"|{NAME})[ \t]*+)*))\{{)
    |(?P<close>\}})
    |(?P<end>\Z))""",
    re.VERBOSE,
)
_LABEL = re.compile(rf'"([^"]*+)"|({NAME})')
_AFTER = re.compile(rf"{INLINE_SPACE}{_COMMENT}(?:\n|\Z|(?=\}}))")
_TERM = r"""(?:
    (?P<word>%s)
    |(?P<number>%s)
    |"(?P<text>%s)"
    |(?P<quote>")
    |<<(?P<flush>-?)(?P<heredoc>%s)[ \t]*+\n
    |(?P<sign>[\[{(!-]))""" % (_WORD, _NUMBER, PLAIN_TEXT, NAME)  # noqa: UP031  braces abound
_POSTFIX = rf"(?:\.(?:(?P<name>{NAME})|(?P<position>\d++)|(?P<splat>\*))|(?P<index>\[))"
_OPERATOR = r"(?P<operator>\|\||&&|==|!=|<=|>=|<(?!<)|>|\+|-|\*|/(?![/*])|%(?!\{)|\?)"
_TERMS, _POSTFIXES, _OPERATORS = (
    (re.compile(SPACE + form, re.VERBOSE), re.compile(INLINE_SPACE + form, re.VERBOSE))
    for form in (_TERM, _POSTFIX, _OPERATOR)
)
_PRECEDENCE = {"?": 0, "||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, ">": 4, "<=": 4, ">=": 4}
_PRECEDENCE |= {"+": 5, "-": 5, "*": 6, "/": 6, "%": 6}
_FOR = re.compile(rf"{SPACE}for{SPACE}(?<=\s)({NAME}){SPACE}(?:,{SPACE}({NAME}){SPACE})?(?<=\s)in\b")
_ENTRY = re.compile(
    rf"""{SPACE}(?:
    (?:(?P<name>{NAME})|"(?P<quoted>{PLAIN_TEXT})")[ \t]*+[=:](?![=>])[ \t]*+
        (?:"(?P<text>{PLAIN_TEXT})"|(?P<number>-?{_NUMBER})|(?P<word>{_WORD}))
        [ \t]*+(?:,|(?=\n|\}}|\#|//))
    |(?P<close>\}}))""",
    re.VERBOSE,
)
_ENDS = (frozenset(",)]}"), frozenset("\n,)]}"))
_POSTFIX_STARTS = frozenset(".[ \t\n#/")
CONSTANT = frozenset({str, int, float, bool, type(None), list, dict})
"""What an expression is when it is no node."""
_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None}


class Parser(Templates):
    """Reads one text; `pos` is where it stands."""

    def body(self, source: Text, depth: int = 0, opened: int = 0) -> Body:
        """Items up to the closing brace, or to the end of the text at depth 0."""
        if depth > MAX_DEPTH:
            raise SyntaxFault("blocks are nested too deep", self.pos)
        body = Body()
        text, attributes = self.text, body.attributes
        while True:
            found = _ITEM.match(text, self.pos)
            if not found:
                raise SyntaxFault("an attribute or a block is wanted here", self.at_token())
            kind, start = found.lastgroup, found.start(1)
            self.pos = found.end()
            if start < 0:  # no name: the end of a block, or of the text
                if (kind == "end") == (depth == 0):
                    return body
                if depth:
                    raise SyntaxFault("the block is not closed", opened)
                raise SyntaxFault("a brace too many", self.pos - 1)
            name = found[1]
            if kind == "labels":
                labels = _labels(found["labels"])
                inside = self.body(source, depth + 1, start)
                body.blocks.append(Block(name, labels, inside, (start, self.pos), source))
                continue
            if name in attributes:
                raise SyntaxFault(f"{name} is set twice", start)
            value = found["text"] if kind == "text" else self._value(found, kind)
            attributes[name] = (value, start, self.pos)
            if kind == "other":
                self._end_of_item()

    def _value(self, found: re.Match[str], kind: str | None) -> Any:
        if kind == "text":
            return found["text"]
        if kind == "word":
            return self._word(found["word"], found.start("word"), found.end("word"))
        if kind == "number":
            return self._number(found["number"])
        return self.expression(INLINE)

    def _end_of_item(self) -> None:
        after = _AFTER.match(self.text, self.pos)
        if not after:
            raise SyntaxFault("a new line is wanted after an attribute", self.at_token(INLINE))
        self.pos = after.end()

    def _word(self, word: str, start: int, end: int) -> Any:
        if word in _CONSTANTS:
            return _CONSTANTS[word]
        node = self.traversals.get(word)
        if node is None:
            root, *steps = word.split(".")
            node = self.traversals[word] = nodes.Traversal((self.text, start, end), root, tuple(steps))
        return node

    def _number(self, text: str) -> int | float:
        try:
            return number(text)
        except ValueError as error:
            raise SyntaxFault(str(error), self.pos) from None

    def expression(self, mode: int) -> Any:
        """An expression; a constant comes back as the plain value."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise SyntaxFault("the expression is nested too deep", self.pos)
        start = self.pos
        value = self._binary(1, mode)
        if self.text[self.pos : self.pos + 1] not in _ENDS[mode] and self._operator(mode, 0):
            yes = self.expression(mode)
            self.expect(":", mode)
            no = self.expression(mode)
            value = nodes.Conditional((self.text, start, self.pos), value, yes, no)
        self.nesting -= 1
        return value

    def _operator(self, mode: int, lowest: int) -> str:
        found = _OPERATORS[mode].match(self.text, self.pos)
        if not found:
            return ""
        operator = found["operator"]
        if _PRECEDENCE[operator] < lowest:
            return ""
        self.pos = found.end()
        return operator

    def _binary(self, lowest: int, mode: int) -> Any:
        start = self.pos
        left = self._unary(mode)
        while self.text[self.pos : self.pos + 1] not in _ENDS[mode] and (operator := self._operator(mode, lowest)):
            right = self._binary(_PRECEDENCE[operator] + 1, mode)
            left = nodes.Binary((self.text, start, self.pos), operator, left, right)
        return left

    def _unary(self, mode: int) -> Any:
        found = _TERMS[mode].match(self.text, self.pos)
        if not found:
            raise SyntaxFault("an expression is wanted here", self.at_token(mode))
        self.pos = found.end()
        kind = found.lastgroup
        start = found.start(kind) if kind else self.pos
        if kind == "sign" and found["sign"] in "!-":
            self.nesting += 1
            if self.nesting > MAX_NESTING:
                raise SyntaxFault("the expression is nested too deep", self.pos)
            of = self._unary(mode)
            self.nesting -= 1
            if type(of) in (int, float) and found["sign"] == "-":
                return -of
            return nodes.Unary((self.text, start, self.pos), found["sign"], of)
        return self._postfix(self._term(found, kind, start, mode), start, mode)

    def _term(self, found: re.Match[str], kind: str | None, start: int, mode: int) -> Any:
        if kind == "word":
            word = found["word"]
            following = self.text[self.pos : self.pos + 1]
            name = self._function(word, mode) if following in ("(", ":", " ") else ""
            return self._call(name, start) if name else self._word(word, start, self.pos)
        if kind == "text":
            return found["text"]
        if kind == "number":
            return self._number(found["number"])
        if kind == "sign":
            return self._bracketed(found["sign"], start)
        if kind == "quote":
            return self.quoted(start)
        start -= len("<<" + found["flush"])
        return self.heredoc(found["heredoc"], found.end(), start, flush=bool(found["flush"]))

    def _bracketed(self, sign: str, start: int) -> Any:
        if sign == "(":
            value = self.expression(ALL)
            self.expect(")")
            return value
        return self._list(start) if sign == "[" else self._object(start)

    def _function(self, word: str, mode: int) -> str:
        name = word
        while self.text.startswith("::", self.pos):
            part = re.compile(NAME).match(self.text, self.pos + 2)
            if not part:
                raise SyntaxFault("a function's name is wanted here", self.pos)
            name, self.pos = f"{name}::{part[0]}", part.end()
        at = self.at_token(mode)
        if not self.text.startswith("(", at):
            return ""
        self.pos = at + 1
        return name

    def _call(self, name: str, start: int) -> Any:
        arguments: list[Any] = []
        expanded = False
        while not self.take(")"):
            if arguments and not self.take(","):
                raise SyntaxFault("a comma or a closing bracket is wanted here", self.at_token())
            if self.take(")"):
                break
            arguments.append(self.expression(ALL))
            if self.take("..."):
                expanded = True
                self.expect(")")
                break
        call = nodes.Call((self.text, start, self.pos), name, arguments)
        call.expanded = expanded
        return call

    def _list(self, start: int) -> Any:
        if _FOR.match(self.text, self.pos):
            return self._for(start, "]")
        items: list[Any] = []
        constant = True
        while not self.take("]"):
            if items and not self.take(","):
                raise SyntaxFault("a comma or a closing bracket is wanted here", self.at_token())
            if self.take("]"):
                break
            item = self.expression(ALL)
            items.append(item)
            constant = constant and type(item) in CONSTANT
        return items if constant else nodes.Items((self.text, start, self.pos), items)

    def _object(self, start: int) -> Any:
        if _FOR.match(self.text, self.pos):
            return self._for(start, "}")
        entries: list[tuple[Any, Any]] = []
        constant = True
        while True:
            found = _ENTRY.match(self.text, self.pos)
            if found:
                self.pos = found.end()
                if found.lastgroup == "close":
                    break
                key = found["quoted"] if found["name"] is None else found["name"]
                value = self._value(found, found.lastgroup)
            else:
                key, value = self._entry()
            entries.append((key, value))
            constant = constant and type(value) in CONSTANT and type(key) in CONSTANT
        if constant:
            return {key if isinstance(key, str) else nodes.plain_key(key): item for key, item in entries}
        return nodes.Entries((self.text, start, self.pos), entries)

    def _entry(self) -> tuple[Any, Any]:
        bracketed = self.text.startswith("(", self.at_token())
        key = self.expression(ALL)
        if isinstance(key, nodes.Traversal) and not key.steps and not bracketed:
            key = key.root
        elif key is None or isinstance(key, bool):
            key = {None: "null", True: "true", False: "false"}[key]
        if not self.take("=") and not self.take(":"):
            raise SyntaxFault("= is wanted after a key", self.at_token())
        value = self.expression(INLINE)
        if not self.take(",", INLINE) and not _AFTER.match(self.text, self.pos):
            raise SyntaxFault("a comma or a new line is wanted after an entry", self.at_token(INLINE))
        return key, value

    def _for(self, start: int, closing: str) -> Any:
        head = _FOR.match(self.text, self.pos)
        assert head
        self.pos = head.end()
        names = (head[1], head[2]) if head[2] else ("", head[1])
        of = self.expression(ALL)
        self.expect(":")
        node = nodes.For((self.text, start, self.pos), names, of, nodes.NO_KEY)
        node.value = self.expression(ALL)
        if closing == "}":
            self.expect("=>")
            node.key, node.value = node.value, self.expression(ALL)
            node.grouped = self.take("...")
        if self.take_word("if"):
            node.condition = self.expression(ALL)
        self.expect(closing)
        node.end = self.pos
        return node

    def _postfix(self, value: Any, start: int, mode: int) -> Any:
        while self.text[self.pos : self.pos + 1] in _POSTFIX_STARTS:
            found = _POSTFIXES[mode].match(self.text, self.pos)
            if not found:
                break
            kind = found.lastgroup
            self.pos = found.end()
            if kind == "splat":
                value = self._splat(value, start, mode, full=False)
            elif kind == "index":
                if self.take("*"):
                    self.expect("]")
                    value = self._splat(value, start, mode, full=True)
                    continue
                key = self.expression(ALL)
                self.expect("]")
                value = nodes.Index((self.text, start, self.pos), value, key)
            else:
                key = found["name"] if kind == "name" else int(found["position"][:9])
                value = nodes.Index((self.text, start, self.pos), value, key)
        return value

    def _splat(self, value: Any, start: int, mode: int, *, full: bool) -> Any:
        steps: list[Any] = []
        while found := _POSTFIXES[mode].match(self.text, self.pos):
            kind = found.lastgroup
            if kind == "splat" or (kind == "index" and not full):
                break
            if kind == "index":
                if self.text.startswith("*", found.end()):
                    break
                self.pos = found.end()
                steps.append(self.expression(ALL))
                self.expect("]")
                continue
            self.pos = found.end()
            steps.append(found["name"] if kind == "name" else int(found["position"][:9]))
        return nodes.Splat((self.text, start, self.pos), value, tuple(steps))


def _labels(text: str) -> tuple[str, ...]:
    parts = text.split('"')
    if len(parts) == 5 and not parts[0] and parts[2] == " ":
        return (parts[1], parts[3])  # as nearly all are written
    return tuple([quoted or bare for quoted, bare in _LABEL.findall(text)]) if text else ()


def parse_body(source: Text) -> Body:
    """The body of a whole file; a `SyntaxFault` says what is wrong with it and where."""
    try:
        return Parser(source.content).body(source)
    except RecursionError:
        raise SyntaxFault("it is nested too deep", 0) from None


def parse_template(text: str) -> Any:
    """A whole text as a template (a `templatefile`, a string of JSON syntax): a node or a constant."""
    try:
        return Parser(text).document()
    except RecursionError:
        raise SyntaxFault("it is nested too deep", 0) from None


def parse_expression(text: str) -> Any:
    """A whole text as one expression."""
    parser = Parser(text)
    value = parser.expression(ALL)
    if parser.text[parser.at_token() :]:
        raise SyntaxFault("the expression should end here", parser.pos)
    return value
