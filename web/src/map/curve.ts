/* Ties as curves, so that they are told from roads and from each other: a parabola that leans to the left of its way. */
const STEPS = 20, LEAN = 0.14;

export function curve(line: readonly (readonly number[])[]): [number, number][] {
  const from = line[0], to = line[line.length - 1];
  if (!from || !to) return [];
  const [x0, y0] = [from[0]!, from[1]!], [x1, y1] = [to[0]!, to[1]!];
  // A degree of longitude is shorter than one of latitude: the lean is at a right angle as one sees it.
  const shrink = Math.cos((((y0 + y1) / 2) * Math.PI) / 180);
  const dx = (x1 - x0) * shrink, dy = y1 - y0;
  const mx = (x0 + x1) / 2 - (dy * LEAN) / shrink, my = (y0 + y1) / 2 + dx * LEAN;
  return Array.from({ length: STEPS + 1 }, (_, i) => {
    const t = i / STEPS, u = 1 - t;
    return [u * u * x0 + 2 * u * t * mx + t * t * x1, u * u * y0 + 2 * u * t * my + t * t * y1];
  });
}
