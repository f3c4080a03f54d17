//! A text cut into pieces of whole lines that the parser is given one after the other.

use toml_parser::lexer::{Lexer, Token, TokenKind};

use crate::words::Said;
use crate::words::syntax;

/// Deepest nesting of brackets and braces that is read.
const DEEPEST_NESTING: usize = 64;
/// Longest dotted key that is read, in parts.
const LONGEST_KEY: usize = 64;
/// Tokens after which a piece ends with its line, so that they stay close to the processor.
const PIECE: usize = 16 * 1024;
/// Bytes of a token, about.
const BYTES_OF_TOKEN: usize = 4;

/// Brackets deeper, or a key longer, than any design needs.
pub(super) struct TooDeep {
    /// Byte at which it is too much.
    pub(super) at: usize,
    /// What is too much.
    pub(super) message: Said,
}

/// The tokens of a text, piece by piece. No list, table in braces or text of many lines reaches from one to the next.
pub(super) struct Pieces<'t> {
    lexer: Lexer<'t>,
    /// The tokens of this piece.
    pub(super) tokens: Vec<Token>,
    /// Byte after the last of them.
    pub(super) end: usize,
}

impl<'t> Pieces<'t> {
    pub(super) fn new(source: toml_parser::Source<'t>) -> Self {
        let tokens = Vec::with_capacity(PIECE.min(source.input().len() / BYTES_OF_TOKEN));
        Self { lexer: source.lex(), tokens, end: 0 }
    }

    /// Goes on to the next piece; says whether there is one.
    pub(super) fn advance(&mut self) -> Result<bool, TooDeep> {
        self.tokens.clear();
        let (mut depth, mut dots) = (0_usize, 0_usize);
        for token in self.lexer.by_ref() {
            let at = token.span().start();
            self.tokens.push(token);
            self.end = token.span().end();
            match token.kind() {
                TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => {
                    depth += 1;
                    if depth > DEEPEST_NESTING {
                        return Err(TooDeep { at, message: syntax::too_deep(DEEPEST_NESTING) });
                    }
                }
                TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => depth = depth.saturating_sub(1),
                TokenKind::Dot => {
                    dots += 1;
                    if dots > LONGEST_KEY {
                        return Err(TooDeep { at, message: syntax::key_too_long(LONGEST_KEY) });
                    }
                }
                TokenKind::Equals | TokenKind::Comma => dots = 0,
                TokenKind::Newline => {
                    dots = 0;
                    if depth == 0 && self.tokens.len() >= PIECE {
                        return Ok(true);
                    }
                }
                _ => {}
            }
        }
        Ok(!self.tokens.is_empty())
    }
}
