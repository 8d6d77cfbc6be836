/* SVG as text. See svg.h. */
#include "svg.h"

#include <string.h>

#include "report/report.h"

/* Each class is named once for the light and the dark; both have a contrast of 4.5 or more on their card. */
static const char rules[] =
	"text{font-family:system-ui,'Segoe UI','Helvetica Neue','Liberation Sans','DejaVu Sans',sans-serif;font-size:13px;"
	"fill:#1f2328}\n"
	".strong{font-weight:600;font-size:15px}.name{font-weight:600}.faint{fill:#59636e}.fault{fill:#b42318;font-weight:600}\n"
	".card{fill:#fff;stroke:#d1d9e0}.rule{stroke:#d1d9e0}.lane{stroke:#57606a;stroke-width:2}\n"
	".waits{stroke:#57606a;stroke-width:2;stroke-dasharray:2 5}.arrow{stroke:#0550ae;stroke-width:1.5;fill:none}\n"
	".head{fill:#0550ae}.dot{fill:#57606a}.ring{fill:#fff;stroke:#57606a;stroke-width:2}.box{fill:#fff1ef;stroke:#b42318;stroke-width:2}\n"
	".mark{stroke:#b42318;stroke-width:3;fill:none}.between{stroke:#b42318;stroke-width:2;stroke-dasharray:7 4;fill:none}\n"
	"@media(prefers-color-scheme:dark){text{fill:#e6edf3}.faint{fill:#9198a1}.fault{fill:#ff9a92}\n"
	".card{fill:#161b22;stroke:#3d444d}.rule{stroke:#3d444d}.lane,.waits{stroke:#9198a1}.arrow{stroke:#79c0ff}\n"
	".head{fill:#79c0ff}.dot{fill:#9198a1}.ring{fill:#161b22;stroke:#9198a1}.box{fill:#3a1d1d;stroke:#ff9a92}.mark,.between{stroke:#ff9a92}}\n";

void svg_begin(FILE *out, int width, int height, const char *title, const char *description)
{
	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\" "
		"aria-labelledby=\"title desc\">\n<title id=\"title\">",
		width, height, width, height);
	report_xml(out, title);
	fputs("</title>\n<desc id=\"desc\">", out);
	report_xml(out, description);
	fprintf(out, "</desc>\n<style>\n%s</style>\n", rules);
	fprintf(out, "<rect class=\"card\" x=\"0.5\" y=\"0.5\" width=\"%d\" height=\"%d\" rx=\"6\"/>\n", width - 1,
		height - 1);
}

void svg_end(FILE *out)
{
	fputs("</svg>\n", out);
}

static void put_text(FILE *out, int x, int y, const char *anchor, const char *class, const char *words)
{
	fprintf(out, "<text x=\"%d\" y=\"%d\"%s", x, y, anchor);
	if (strcmp(class, "text") != 0)
		fprintf(out, " class=\"%s\"", class);
	putc('>', out);
	report_xml(out, words);
	fputs("</text>\n", out);
}

void svg_text(FILE *out, int x, int y, const char *class, const char *words)
{
	put_text(out, x, y, "", class, words);
}

void svg_text_before(FILE *out, int x, int y, const char *class, const char *words)
{
	put_text(out, x, y, " text-anchor=\"end\"", class, words);
}

void svg_line(FILE *out, int x1, int y1, int x2, int y2, const char *class)
{
	fprintf(out, "<line class=\"%s\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n", class, x1, y1, x2, y2);
}

void svg_circle(FILE *out, int x, int y, int radius, const char *class)
{
	fprintf(out, "<circle class=\"%s\" cx=\"%d\" cy=\"%d\" r=\"%d\"/>\n", class, x, y, radius);
}

void svg_rectangle(FILE *out, int x, int y, int width, int height, const char *class)
{
	fprintf(out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\"/>\n", class, x, y, width,
		height);
}

void svg_path(FILE *out, const char *data, const char *class)
{
	fprintf(out, "<path class=\"%s\" d=\"%s\"/>\n", class, data);
}

/* In tenths of a pixel, for SVG_TEXT. */
static int width_of(unsigned char letter)
{
	if (strchr("ijl.,:;'|!`", letter))
		return 38;
	if (strchr(" ftr()[]-/", letter))
		return 52;
	if (letter == 'm' || letter == 'w' || letter == 'M' || letter == 'W')
		return 118;
	if ((letter >= 'A' && letter <= 'Z') || letter == '_')
		return 92;
	return 78;
}

int svg_width(const char *text)
{
	int tenths = 0;

	for (; *text; text++)
		/* What continues a character of UTF-8 takes no room of its own. */
		if ((*text & 0xc0) != 0x80)
			tenths += width_of((unsigned char)*text);
	return (tenths + 9) / 10;
}

int svg_width_bold(const char *text)
{
	return (svg_width(text) * 9 + 7) / 8;
}
