/* Words that must fit into a number of pixels: measured in the font of the page. */
let context: CanvasRenderingContext2D | null | undefined;

function widthOf(words: string, px: number, weight: number): number {
  context ??= document.createElement("canvas").getContext("2d");
  if (!context) return words.length * px * 0.5;
  context.font = `${weight} ${px}px "Source Sans 3", sans-serif`;
  return context.measureText(words).width;
}

/* In up to `lines` lines of `width` pixels; what does not fit ends in an ellipsis. */
export function fitLines(words: string, width: number, lines: number, px: number, weight = 400): readonly string[] {
  const made: string[] = [];
  let line = "";
  const parts = words.split(" ");
  for (let i = 0; i < parts.length; i++) {
    const longer = line ? `${line} ${parts[i]!}` : parts[i]!;
    if (widthOf(longer, px, weight) <= width) {
      line = longer;
      continue;
    }
    if (line && made.length + 1 < lines) {
      made.push(line);
      line = parts[i]!;
      if (widthOf(line, px, weight) <= width) continue;
    } else line = longer;
    while (line.length > 1 && widthOf(`${line}…`, px, weight) > width) line = line.slice(0, -1);
    return [...made, `${line.trimEnd().replace(/[,;(-]$/, "").trimEnd()}…`];
  }
  return line ? [...made, line] : made;
}
