//! Fiddler's own list of sessions, `_index.htm`: which session went where, without opening it.
//!
//! It is needed where opening is dear: each encrypted member costs the derivation of a key.

use std::collections::HashMap;

/// The address of each session in `page`, by the number in the names of its files. Of a tunnel it is
/// a bare `host:443`.
pub(super) fn addresses(page: &str) -> HashMap<u64, String> {
    let mut rows = page.split("<tr>");
    let head = rows.find(|row| row.contains("<th>")).unwrap_or_default();
    let names: Vec<&str> = cells(head, "<th>", "</th>").collect();
    let column = |name: &str| names.iter().position(|known| *known == name);
    let (Some(protocol), Some(host), Some(url)) =
        (column("Protocol"), column("Host"), column("URL"))
    else {
        return HashMap::new();
    };
    let address = |row: &str| {
        let number = row.split_once("_c.txt")?.0.rsplit(['\\', '/']).next()?;
        let cells: Vec<&str> = cells(row, "<td>", "</td>").collect();
        let (protocol, host, url) = (cells.get(protocol)?, cells.get(host)?, cells.get(url)?);
        let address = match (*host, url.starts_with('/')) {
            ("Tunnel to", _) => (*url).to_owned(),
            ("", _) | (_, false) => return None,
            _ => format!("{}://{host}{url}", protocol.to_ascii_lowercase()),
        };
        Some((number.parse().ok()?, address))
    };
    rows.filter_map(address).collect()
}

/// What stands between each `begin` and the `end` behind it.
fn cells<'a>(row: &'a str, begin: &'a str, end: &'a str) -> impl Iterator<Item = &'a str> {
    let cell = move |cell: &'a str| cell.split(end).next().unwrap_or_default();
    row.split(begin).skip(1).map(cell)
}

#[cfg(test)]
mod tests {
    use super::addresses;

    #[test]
    fn sessions_are_known_by_the_numbers_of_their_files() {
        let row = |number: &str, cells: &[&str]| {
            let cells: String = cells
                .iter()
                .map(|cell| format!("<td>{cell}</td>"))
                .collect();
            format!("<tr><td><a href='raw\\{number}_c.txt'>C</a></td>{cells}</tr>")
        };
        let page = format!(
            "<table><thead><tr><th>&nbsp;</th><th>#</th><th>Protocol</th><th>Host</th><th>URL</th></tr></thead>{}{}{}{}</table>",
            row("01", &["7", "HTTP", "Tunnel to", "contoso.example:443"]),
            row("02", &["9", "HTTPS", "contoso.example", "/a?b=c"]),
            row("03", &["10", "HTTPS", "", ""]),
            row("x", &["11", "HTTPS", "contoso.example", "/"]),
        );
        let found = addresses(&page);
        assert_eq!(found.len(), 2);
        assert_eq!(found[&1], "contoso.example:443");
        assert_eq!(found[&2], "https://contoso.example/a?b=c");
        assert!(addresses(&page.replace("Host", "Server")).is_empty());
        assert!(addresses("<tr>_c.txt<th>").is_empty());
    }
}
