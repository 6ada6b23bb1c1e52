/* text-width: how wide a text will be when it is printed in a sans-serif font.
 *
 * A layout has to know before the text is set, and by whom it will be set is not known: an SVG is
 * shown in whatever the viewer has for Helvetica. So every letter counts with the greater of its
 * widths in Helvetica (Arial, Liberation Sans, Nimbus Sans have the same) and in DejaVu Sans, and
 * what fits by this measure fits everywhere. */
#pragma once

/* In letters of TEXT_WIDTH_LETTER times the font's size. `text` is valid UTF-8. */
double text_width(const char *text);

#define TEXT_WIDTH_LETTER 0.56
