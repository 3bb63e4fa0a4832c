//! Where the TOML in front of a rule file ends. The build script reads rule files with this file too.

/// The front matter of the file `text`, and what stands behind it. An error is one line.
pub(crate) fn split(text: &str) -> Result<(&str, &str), &'static str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let rest = text
        .strip_prefix("+++\n")
        .or_else(|| text.strip_prefix("+++\r\n"))
        .ok_or("line 1: a rule begins with a line +++ and TOML behind it")?;
    let end = rest
        .find("\n+++")
        .ok_or("line 1: the front matter has no closing +++ line")?;
    Ok((
        &rest[..=end],
        rest[end + 4..].trim_start_matches(['\r', '\n']),
    ))
}
