//! Source lines for miette, found by the index of lines: miette itself would read the whole text for each.

use miette::{MietteError, SourceCode, SourceSpan, SpanContents};

use crate::source::{Source, Sources, Span};

/// A source that hands out lines by index.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lines<'a>(pub(super) &'a Source);

struct Contents<'a> {
    data: &'a [u8],
    span: SourceSpan,
    line: usize,
    column: usize,
    lines: usize,
    name: &'a str,
}

impl SourceCode for Lines<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let source = self.0;
        let end = span.offset() + span.len();
        if end > source.text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let first = source.line_of(span.offset() as u32).saturating_sub(before);
        let last = (source.line_of(end as u32) + after).min(source.lines() - 1);
        let (from, to) = (source.line_start(first) as usize, source.line_start(last + 1) as usize);
        // Without lines before it a span is asked for its own place; the text still begins with its line.
        let column = source.position(span.offset() as u32).column - 1;
        Ok(Box::new(Contents {
            data: &source.shown_text().as_bytes()[from..to],
            span: (from, to - from).into(),
            line: first,
            column: if before == 0 { column } else { 0 },
            lines: last - first + 1,
            name: source.shown_name(),
        }))
    }
}

impl<'a> SpanContents<'a> for Contents<'a> {
    fn data(&self) -> &'a [u8] {
        self.data
    }

    fn span(&self) -> &SourceSpan {
        &self.span
    }

    fn line(&self) -> usize {
        self.line
    }

    fn column(&self) -> usize {
        self.column
    }

    fn line_count(&self) -> usize {
        self.lines
    }

    fn name(&self) -> Option<&str> {
        Some(self.name)
    }
}

/// The bytes of a span, cut at the end of its first line so that a label stays short.
pub(super) fn first_line(sources: &Sources, span: Span) -> SourceSpan {
    let text = sources.text(span);
    let length = text.find('\n').unwrap_or(text.len());
    (span.start as usize, length).into()
}
