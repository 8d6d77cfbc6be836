# The comments of a C file: a line for each, as FILE:LINE<TAB>text, with the line that it begins at.
function flush() {
	gsub(/[[:space:]]+/, " ", text)
	sub(/^ /, "", text)
	if (text != "")
		printf "%s:%d\t%s\n", FILENAME, start, text
	text = ""
}

FNR == 1 { flush(); inside = 0 }
{
	line = $0
	while (line != "") {
		if (!inside) {
			at = index(line, "/*")
			if (!at)
				break
			inside = 1
			start = FNR
			line = substr(line, at + 2)
		}
		at = index(line, "*/")
		part = at ? substr(line, 1, at - 1) : line
		sub(/^[ \t]*\*[ \t]?/, "", part)
		text = text " " part
		if (!at)
			break
		inside = 0
		line = substr(line, at + 2)
		flush()
	}
}
END { flush() }
