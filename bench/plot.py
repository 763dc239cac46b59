"""Plots of cost against size as small SVG files: logarithmic on both axes, a line per series, the goals as rings."""
import html
import math

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 440, 74, 150, 54, 52
COLOURS = ["#2f6f73", "#c0652b", "#6b5b95", "#7a8450"]
STYLE = ("text{font:13px sans-serif;fill:#33403f}.title{font-size:16px;font-weight:bold}.grid{stroke:#e3e0d8}.axis{stroke:#8a8f8a}"
         ".goal{fill:none;stroke-width:1.5}")


def number(value):
    """1,000 rather than 1000.0; 0.01 rather than 1e-2."""
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


class Scale:
    def __init__(self, values, start, end):
        self.low, self.high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        self.high = max(self.high, self.low + 1)
        self.start, self.end = start, end

    def at(self, value):
        return self.start + (math.log10(value) - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self):
        return [10.0 ** k for k in range(self.low, self.high + 1)]


def text(x, y, words, anchor="start", more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{html.escape(words)}</text>'


def spread(labels, least=17):
    """Labels (y, index) in one column, moved apart so that none covers another."""
    out, last = {}, -math.inf
    for y, k in sorted(labels):
        last = max(y, last + least)
        out[k] = last
    return out


def plot(path, title, x_title, y_title, series, goals=()):
    """series: (name, [(x, y), ...], is_dashed, colour number); goals: (x, y, colour number)."""
    points = [p for _, line, _, _ in series for p in line] + [(x, y) for x, y, _ in goals]
    x_scale = Scale([p[0] for p in points], LEFT, WIDTH - RIGHT)
    y_scale = Scale([p[1] for p in points], HEIGHT - BOTTOM, TOP)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img">',
           f"<title>{html.escape(title)}</title><style>{STYLE}</style>", f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fbfaf6"/>',
           text(LEFT, 28, title, more=' class="title"'), text(LEFT, 46, y_title), text(WIDTH - RIGHT, HEIGHT - 12, x_title, "end")]
    for x in x_scale.ticks():
        out.append(f'<path class="grid" d="M{x_scale.at(x):.1f} {TOP}V{HEIGHT - BOTTOM}"/>')
        out.append(text(x_scale.at(x), HEIGHT - BOTTOM + 18, number(x), "middle"))
    for y in y_scale.ticks():
        out.append(f'<path class="grid" d="M{LEFT} {y_scale.at(y):.1f}H{WIDTH - RIGHT}"/>')
        out.append(text(LEFT - 8, y_scale.at(y) + 4, number(y), "end"))
    out.append(f'<path class="axis" d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}" fill="none"/>')
    label_at = spread([(y_scale.at(line[-1][1]) + 4, k) for k, (_, line, _, _) in enumerate(series)])
    for k, (name, line, is_dashed, colour) in enumerate(series):
        ink = COLOURS[colour % len(COLOURS)]
        dash = ' stroke-dasharray="5 4"' if is_dashed else ""
        way = "L".join(f"{x_scale.at(x):.1f} {y_scale.at(y):.1f}" for x, y in line)
        out.append(f'<path d="M{way}" fill="none" stroke="{ink}" stroke-width="2"{dash}/>')
        out += [f'<circle cx="{x_scale.at(x):.1f}" cy="{y_scale.at(y):.1f}" r="3" fill="{ink}"/>' for x, y in line]
        out.append(text(WIDTH - RIGHT + 12, label_at[k], name, more=f' style="fill:{ink}"'))
    out += [f'<circle class="goal" cx="{x_scale.at(x):.1f}" cy="{y_scale.at(y):.1f}" r="6" stroke="{COLOURS[c % len(COLOURS)]}"/>' for x, y, c in goals]
    out.append("</svg>")
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(out) + "\n")
