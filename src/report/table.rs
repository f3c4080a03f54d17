//! Tables for the terminal.

use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};

use super::wrap::{columns, is_full_width, wrap};

/// Lines under the header and the last row only: rows of several lines stay readable by their first column.
const STYLE: TableStyle = TableStyle::new()
    .header_separator(LineStyle::none().fill('─').junction('─'))
    .bottom_border(LineStyle::none().fill('─').junction('─'));

/// Blanks beside each cell.
const PADDING: usize = 2;

/// A table that fits a width in columns.
pub(super) fn table(width: usize, header: &[impl AsRef<str>], mut rows: Vec<Vec<String>>) -> String {
    let header: Vec<&str> = header.iter().map(AsRef::as_ref).collect();
    if rows.iter().flatten().any(|cell| is_full_width(cell)) {
        break_full_width(width, &header, &mut rows);
    }
    let mut table = Table::new();
    table
        .load_style(STYLE)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(width).unwrap_or(u16::MAX))
        .set_header(header);
    table.add_rows(rows);
    let text = table.to_string();
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n") + "\n"
}

/// Breaks the cells so that the table fits: the table itself would break full-width text anywhere.
fn break_full_width(width: usize, header: &[&str], rows: &mut [Vec<String>]) {
    let column = |index: usize| rows.iter().filter_map(move |row| row.get(index));
    let widest = |text: &str| text.lines().map(columns).max().unwrap_or(0);
    let wanted: Vec<usize> = header
        .iter()
        .enumerate()
        .map(|(index, head)| column(index).map(|cell| widest(cell)).fold(columns(head), usize::max))
        .collect();
    let given = shared(width.saturating_sub(PADDING * header.len()), &wanted);
    for row in rows {
        for (cell, width) in row.iter_mut().zip(&given) {
            if widest(cell) > *width {
                *cell = cell.lines().flat_map(|line| wrap(line, *width)).collect::<Vec<_>>().join("\n");
            }
        }
    }
}

/// Shares a width among columns: who wants less than an even share gets that, the others share what is left.
fn shared(mut left: usize, wanted: &[usize]) -> Vec<usize> {
    let mut given = vec![0; wanted.len()];
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|index| wanted[*index]);
    for (place, index) in order.into_iter().enumerate() {
        given[index] = wanted[index].min(left / (wanted.len() - place)).max(1);
        left = left.saturating_sub(given[index]);
    }
    given
}

#[cfg(test)]
mod tests {
    use super::{shared, table};
    use crate::report::wrap::columns;

    #[test]
    fn narrow_columns_keep_their_width() {
        assert_eq!(shared(30, &[4, 50, 50]), [4, 13, 13]);
        assert_eq!(shared(30, &[4, 5, 6]), [4, 5, 6]);
    }

    #[test]
    fn full_width_cells_fit_and_break_where_lines_may() {
        let rows = vec![vec!["pve1".to_owned(), "残りのノードに置けるだけの空きがない。足す。".to_owned()]];
        let text = table(24, &["対象", "結果"], rows);
        assert!(text.lines().all(|line| columns(line) <= 24), "{text}");
        assert!(!text.lines().any(|line| line.trim_start().starts_with('。')), "{text}");
    }
}
