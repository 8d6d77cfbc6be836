# The prose of a Markdown text: a line for each paragraph, heading, row or item, as FILE:LINE<TAB>text, with the line it
# begins at. Code, links' targets, comments and passages that `./loose text` fills are not prose.
function flush() {
	gsub(/<!--[^>]*-->/, "", text)
	gsub(/`[^`]*`/, "CODE ", text)
	gsub(/[A-Za-z0-9]*_[A-Za-z0-9_]*/, "CODE ", text)
	gsub(/\]\([^)]*\)/, "]", text)
	gsub(/https?:[^ )]*/, "LINK", text)
	gsub(/[[:space:]]+/, " ", text)
	sub(/^ /, "", text)
	if (text != "")
		printf "%s:%d\t%s\n", FILENAME, start, text
	text = ""
}

function add(line) {
	if (text == "")
		start = FNR
	text = text (text == "" ? "" : " ") line
}

FNR == 1 { flush(); fenced = filled = hidden = 0 }
/^<!-- go/ { flush(); hidden = 1; next }
hidden { if (/-->/) hidden = 0; next }
/^<!-- end -->/ { filled = 0; next }
/^<!-- (table|excerpt|says|run|verify|diff|commands|picture)/ { flush(); filled = 1; next }
filled { next }
/^ *```/ { flush(); fenced = !fenced; next }
fenced { next }
/^    / && text == "" { next }
/^[ \t]*$/ { flush(); next }
/^[#|]/ { flush() }
/^ *([-*]|[0-9]+\.) / { flush() }
{ add($0) }
/^[#|]/ { flush() }
END { flush() }
