"""Templates of the Terraform language: quoted strings, heredocs, and whole files, with `${…}` and `%{…}`."""

from __future__ import annotations

import re
from typing import Any

from bastide.sources.limits import MAX_NESTING
from bastide.sources.terraform import nodes
from bastide.sources.terraform.cursor import NAME, SPACE, Cursor
from bastide.sources.terraform.operators import truth
from bastide.sources.terraform.render import render
from bastide.sources.terraform.syntax import SyntaxFault

_QUOTED = re.compile(r'(?>(?:[^"\\$%\n]+|\\[^\n]|\$\$\{|%%\{|\$(?!\{)|%(?!\{))*)')
_OPEN = re.compile(r"(?>(?:[^$%]+|\$\$\{|%%\{|\$(?!\{)|%(?!\{))*)")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)|(\$\$\{|%%\{)")
_DOUBLED = re.compile(r"\$\$\{|%%\{")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_ALONE = re.compile(rf"^[ \t]*+({NAME})[ \t]*+$", re.MULTILINE)
_CLOSE = re.compile(rf"{SPACE}(~?)\}}")
_LEADING = re.compile(r"^([ \t]*)\S", re.MULTILINE)
_KEYWORD = re.compile(rf"{SPACE}(if|else|endif|for|endfor)\b")
_FOR_HEAD = re.compile(rf"{SPACE}({NAME}){SPACE}(?:,{SPACE}({NAME}){SPACE})?in\b")


class Template(nodes.Node):
    """Literal texts and expressions, one after the other."""

    __slots__ = ("parts",)

    def __init__(self, at: nodes.At, parts: list[Any]) -> None:
        super().__init__(at)
        self.parts = parts

    def evaluate(self, scope: nodes.Scope) -> Any:
        return render(self.pieces(scope), self, scope.module.budget)

    def pieces(self, scope: nodes.Scope) -> list[Any]:
        """The values of all parts, those inside of directives too: JSON is known by the whole text only."""
        return [piece for part in self.parts for piece in _pieces(part, scope)]


class Choice(nodes.Node):
    """`%{ if condition }…%{ else }…%{ endif }`."""

    __slots__ = ("condition", "no", "yes")

    def __init__(self, at: nodes.At, condition: Any) -> None:
        super().__init__(at)
        self.condition = condition
        self.yes: Any = ""
        self.no: Any = ""

    def evaluate(self, scope: nodes.Scope) -> Any:
        return nodes.Conditional((self.source, self.start, self.end), self.condition, self.yes, self.no).evaluate(scope)

    def pieces(self, scope: nodes.Scope) -> list[Any]:
        """The pieces of the side that is taken; as long as that is not known, one value."""
        condition = truth(nodes.evaluate(self.condition, scope))
        if not isinstance(condition, bool):
            return [self.evaluate(scope)]
        return _pieces(self.yes if condition else self.no, scope)


class Repeat(nodes.Node):
    """`%{ for k, v in of }…%{ endfor }`."""

    __slots__ = ("body", "names", "of")

    def __init__(self, at: nodes.At, names: tuple[str, str], of: Any) -> None:
        super().__init__(at)
        self.names, self.of = names, of
        self.body: Any = ""

    def pieces(self, scope: nodes.Scope) -> list[Any]:
        """The pieces of every round, one after the other; when the rounds are not known, one value."""
        loop = nodes.For((self.source, self.start, self.end), self.names, self.of, nodes.NO_KEY)
        loop.value = _Body((self.source, self.start, self.end), self.body)
        values = loop.evaluate(scope)
        if not isinstance(values, list):
            return [values]
        return [piece for one in values for piece in (one if isinstance(one, list) else [one])]


class _Body(nodes.Node):
    """What a directive repeats; its value is the list of its pieces."""

    __slots__ = ("part",)

    def __init__(self, at: nodes.At, part: Any) -> None:
        super().__init__(at)
        self.part = part

    def evaluate(self, scope: nodes.Scope) -> Any:
        return _pieces(self.part, scope)


def _pieces(part: Any, scope: nodes.Scope) -> list[Any]:
    if isinstance(part, (Template, Choice, Repeat)):
        return part.pieces(scope)
    return [nodes.evaluate(part, scope)]


class Templates(Cursor):
    """The part of the parser that reads templates; see `parser.Parser`."""

    def expression(self, mode: int) -> Any:
        """An expression at `pos`; see `parser.Parser`."""
        raise NotImplementedError

    def quoted(self, start: int) -> Any:
        """What stands between quotes, the first of which is behind `pos`."""
        parts, _ = self._parts(quote=True)
        if not self.text.startswith('"', self.pos):
            raise SyntaxFault("the string is not closed", start)
        self.pos += 1
        return self._template(parts, start)

    def heredoc(self, word: str, begin: int, start: int, *, flush: bool) -> Any:
        """The text up to a line with `word` alone; with `flush`, without the indentation that all lines share."""
        end = next((one for one in _ALONE.finditer(self.text, begin) if one[1] == word), None)
        if not end:
            raise SyntaxFault(f"the text up to {word} is not closed", start)
        content = self.text[begin : end.start()]
        if flush:
            width = min((len(found) for found in _LEADING.findall(content)), default=0)
            content = re.sub(rf"^[ \t]{{1,{width}}}", "", content, flags=re.MULTILINE) if width else content
        self.pos = end.end()
        if "${" not in content and "%{" not in content:
            return content
        try:
            return type(self)(content, nesting=self.nesting + 1).document()
        except SyntaxFault as fault:
            raise SyntaxFault(fault.cause, begin + min(fault.at, len(content))) from None

    def document(self) -> Any:
        """The whole text as a template."""
        parts, word = self._parts(quote=False)
        if word:
            raise SyntaxFault(f"{word} has no beginning", self.pos)
        return self._template(parts, 0)

    def _template(self, parts: list[Any], start: int) -> Any:
        if not parts:
            return ""
        if len(parts) == 1 and not isinstance(parts[0], (Choice, Repeat)):
            return parts[0]
        return Template((self.text, start, self.pos), parts)

    def _parts(self, *, quote: bool, trimmed: bool = False) -> tuple[list[Any], str]:
        """Texts and expressions up to the end, or up to the directive word that ends them.

        `trimmed`: what stands before has taken the space that these begin with.
        """
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise SyntaxFault("the template is nested too deep", self.pos)
        parts: list[Any] = []
        while True:
            literal = self._literal(quote=quote)
            if trimmed:
                literal = literal.lstrip()
            opening = self.text[self.pos : self.pos + 2]
            if opening not in ("${", "%{"):
                break
            start = self.pos
            self.pos += 2
            if self.text.startswith("~", self.pos):
                self.pos += 1
                literal = literal.rstrip()
            if literal:
                parts.append(literal)
            if opening == "${":
                parts.append(self.expression(0))
                trimmed = self._close()
                continue
            word = self._keyword()
            if word in ("else", "endif", "endfor"):
                self.nesting -= 1
                return parts, word
            parts.append(self._directive(word, start, quote=quote))
            trimmed = self.text[self.pos - 2 : self.pos] == "~}"
        if literal:
            parts.append(literal)
        self.nesting -= 1
        return parts, ""

    def _literal(self, *, quote: bool) -> str:
        found = (_QUOTED if quote else _OPEN).match(self.text, self.pos)
        assert found
        self.pos = found.end()
        literal = found[0]
        if not quote:
            return _DOUBLED.sub(lambda sign: sign[0][1:], literal) if "{" in literal else literal
        return _ESCAPE.sub(self._unescape, literal)

    def _unescape(self, found: re.Match[str]) -> str:
        if found[2]:
            return found[2][1:]
        code = found[1]
        if len(code) > 1:
            point = int(code[1:], 16)
            return chr(point) if point < 0x110000 and not 0xD800 <= point < 0xE000 else "�"
        if code not in _ESCAPES:
            raise SyntaxFault(f"\\{code} is no escape sequence", self.pos)
        return _ESCAPES[code]

    def _close(self) -> bool:
        """Step over the end of an interpolation; whether it trims what follows."""
        found = _CLOSE.match(self.text, self.pos)
        if not found:
            raise SyntaxFault("} is wanted at the end of an interpolation", self.pos)
        self.pos = found.end()
        return bool(found[1])

    def _keyword(self) -> str:
        found = _KEYWORD.match(self.text, self.pos)
        if not found:
            raise SyntaxFault("if, else, endif, for or endfor is wanted here", self.pos)
        self.pos = found.end()
        return found[1]

    def _directive(self, word: str, start: int, *, quote: bool) -> Any:
        if word == "if":
            choice = Choice((self.text, start, start), self.expression(0))
            parts, ending = self._parts(quote=quote, trimmed=self._close())
            choice.yes = self._template(parts, start)
            if ending == "else":
                parts, ending = self._parts(quote=quote, trimmed=self._close())
                choice.no = self._template(parts, start)
            return self._ended(choice, ending, "endif")
        head = _FOR_HEAD.match(self.text, self.pos)
        if not head:
            raise SyntaxFault("a name and `in` are wanted after for", self.pos)
        self.pos = head.end()
        names = (head[1], head[2]) if head[2] else ("", head[1])
        repeat = Repeat((self.text, start, start), names, self.expression(0))
        parts, ending = self._parts(quote=quote, trimmed=self._close())
        repeat.body = self._template(parts, start)
        return self._ended(repeat, ending, "endfor")

    def _ended(self, node: nodes.Node, ending: str, wanted: str) -> Any:
        if ending != wanted:
            raise SyntaxFault(f"{wanted} is missing", node.start)
        self._close()
        node.end = self.pos
        return node
