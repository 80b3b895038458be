#include "controller/cli/palette.hpp"

#include <algorithm>

namespace alcedo::cli {

namespace {

const char* code_of(look as) {
    switch (as) {
    case look::plain:
        return "";
    case look::strong:
        return "\x1b[1m";
    case look::faint:
        return "\x1b[2m";
    case look::good:
    case look::green:
        return "\x1b[32m";
    case look::busy:
        return "\x1b[33m";
    case look::bad:
        return "\x1b[31m";
    case look::blue:
        return "\x1b[34m";
    }
    return "";
}

std::string line_of(const std::vector<cell>& cells, const std::vector<std::size_t>& widths,
                    const palette& paint) {
    std::string line;
    std::size_t owed = 0; // blanks are written only before more text
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const auto width = display_width(cells[i].text);
        if (width > 0) {
            line.append(owed, ' ');
            line += paint(cells[i].as, cells[i].text);
            owed = 0;
        }
        owed += widths[i] - width + 2;
    }
    return line + "\n";
}

} // namespace

std::string palette::operator()(look as, const std::string& text) const {
    if (!on_ || as == look::plain) return text;
    return code_of(as) + text + "\x1b[0m";
}

look look_of_color(const std::string& color) {
    if (color == "blue") return look::blue;
    if (color == "green") return look::green;
    return look::plain;
}

look look_of_phase(const std::string& phase) {
    if (phase.starts_with("Idle")) return look::good;
    if (phase.starts_with("Held") || phase.starts_with("Reverting") ||
        phase.find("/Violation") != phase.npos)
        return look::bad;
    return look::busy;
}

std::string render_table(const std::vector<std::string>& header, const std::vector<table_row>& rows,
                         const palette& paint) {
    std::vector<std::size_t> widths(header.size(), 0);
    std::vector<cell> titles;
    for (std::size_t i = 0; i < header.size(); ++i) {
        widths[i] = display_width(header[i]);
        titles.push_back({header[i], look::faint});
    }
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.cells.size() && i < widths.size(); ++i)
            widths[i] = std::max(widths[i], display_width(row.cells[i].text));
    auto out = line_of(titles, widths, paint);
    for (const auto& row : rows) {
        out += line_of(row.cells, widths, paint);
        for (const auto& note : row.notes)
            out += note + "\n";
    }
    return out;
}

std::size_t display_width(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    }));
}

} // namespace alcedo::cli
