#pragma once
// Colour and columns: what makes text pleasant on a terminal and costs nothing in a pipe.

#include <string>
#include <vector>

namespace alcedo::cli {

enum class look { plain, strong, faint, good, busy, bad, blue, green };

class palette {
public:
    explicit palette(bool on) : on_(on) {}
    std::string operator()(look, const std::string& text) const;

private:
    bool on_;
};

/// Blue for "blue", green for "green", plain for anything else.
look look_of_color(const std::string& color);
/// Idle good, Held bad, all others busy.
look look_of_phase(const std::string& phase);

struct cell {
    std::string text;
    look as = look::plain;
};

struct table_row {
    std::vector<cell> cells;
    std::vector<std::string> notes; ///< whole lines under the row
};

/// Columns two blanks apart, as wide as their widest cell; no blanks at line ends.
std::string render_table(const std::vector<std::string>& header, const std::vector<table_row>& rows,
                         const palette& paint);

/// Columns a terminal uses for that UTF-8 text, if each character takes one.
std::size_t display_width(const std::string&);

} // namespace alcedo::cli
