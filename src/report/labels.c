/* report/labels.c - labels that cover nothing. Each tries a few places around its point, the nearest first. */
#include "report/internal.h"

#include <string.h>

void
map_keep_clear(page *p, map_boxes *boxes, map_box box)
{
  if (boxes->count == boxes->capacity) {
    const int64_t capacity = boxes->capacity * 2 + 64;
    map_box *more = PAGE_TAKE(p, map_box, capacity);
    if (!more)
      return;
    if (boxes->count > 0)
      memcpy(more, boxes->box, (size_t)boxes->count * sizeof *more);
    boxes->box = more;
    boxes->capacity = capacity;
  }
  boxes->box[boxes->count++] = box;
}

static bool
is_clear(const map_frame *frame, const map_boxes *boxes, map_box box)
{
  if (box.x0 < 3 || box.y0 < 3 || box.x1 > frame->width - 3 || box.y1 > frame->height - 3)
    return false;
  for (int64_t i = 0; i < boxes->count; i++) {
    const map_box other = boxes->box[i];
    if (box.x0 < other.x1 && other.x0 < box.x1 && box.y0 < other.y1 && other.y0 < box.y1)
      return false;
  }
  return true;
}

/* Around (x, y): at the point itself when `away` is 0, then beside it (text starting or ending at the mark), above and below,
 * then further out. O(places x boxes). */
bool
map_label(page *p, const map_frame *frame, map_boxes *boxes, double x, double y, double away, const char *text, double size,
          const char *css)
{
  static const double side[][2] = {{1, 0}, {-1, 0}, {0, -1}, {0, 1}, {1, -1}, {-1, -1}, {1, 1}, {-1, 1}};
  const double wide = text_width(text, size) / 2 + 2, high = size * 0.62;
  const double ring[] = {away, away + 8, away + 18, away + 30, away + 44};
  for (int k = away > 0 ? 0 : -1; k < (away > 0 ? 2 : 5); k++)
    for (int d = 0; d < (k < 0 ? 1 : 8); d++) {
      const double reach = k < 0 ? 0 : ring[k] + 3;
      const double slant = k >= 0 && side[d][0] != 0 && side[d][1] != 0 ? 0.75 : 1;
      const double mx = k < 0 ? x : x + side[d][0] * (reach * slant + wide),
                   my = k < 0 ? y : y + side[d][1] * (reach * slant + high);
      const map_box box = {mx - wide, my - high, mx + wide, my + high};
      if (!is_clear(frame, boxes, box))
        continue;
      map_keep_clear(p, boxes, box);
      emit(p, "<text class=\"%s mid\" x=\"%g\" y=\"%g\" font-size=\"%g\">%t</text>\n", css, mx, my + size * 0.36, size, text);
      return true;
    }
  return false;
}
