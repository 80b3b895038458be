#include "reconcilers/model/service_shapes.hpp"
#include "reconcilers/model/service_units.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>

namespace alcedo {

namespace {

// One text or a list of texts.
std::vector<std::pair<std::string, std::string>> texts(const json& value, const shape_report& out) {
    std::vector<std::pair<std::string, std::string>> items;
    if (value.is_string()) {
        items.emplace_back("", value.get<std::string>());
    } else if (!value.is_array()) {
        wrong_shape(value, "", "text or a list of text", out);
    } else {
        for (std::size_t i = 0; i < value.size(); ++i)
            if (auto item = text_item_of(value[i], below("", i), out); value[i].is_string())
                items.emplace_back(below("", i), std::move(item));
    }
    return items;
}

json sorted_unique(std::vector<std::string> items) {
    std::sort(items.begin(), items.end());
    items.erase(std::unique(items.begin(), items.end()), items.end());
    return items;
}

bool is_ipv4(const std::string& text) {
    int parts = 0;
    for (std::size_t from = 0; from <= text.size(); ++parts) {
        const auto end = std::min(text.find('.', from), text.size());
        const auto part = text.substr(from, end - from);
        const bool digits = part.find_first_not_of("0123456789") == std::string::npos;
        if (part.empty() || part.size() > 3 || !digits || std::stoi(part) > 255) return false;
        from = end + 1;
    }
    return parts == 4;
}

// The engine has the last word on an IPv6 address.
bool is_address(const std::string& text) {
    const bool six = std::count(text.begin(), text.end(), ':') >= 2 &&
                     text.find_first_not_of("0123456789abcdefABCDEF:.") == std::string::npos;
    return text == "host-gateway" || six || is_ipv4(text);
}

void add_host(const std::string& host, std::string address, const std::string& at,
              std::set<std::string>& known, json& list, const shape_report& out) {
    if (address.starts_with('[') && address.ends_with(']'))
        address = address.substr(1, address.size() - 2);
    if (host.empty() || !is_address(address)) {
        out.add(at, "\"" + address + "\" is not an address",
                "write name:10.0.0.5, or "
                "name:host-gateway");
        return;
    }
    auto entry = host + ":" + address;
    if (known.insert(entry).second) list.push_back(std::move(entry));
}

constexpr std::size_t most_ports = 1000;

struct port_range {
    int first = 0;
    int last = 0;
    std::string protocol = "tcp";
};

// "3000", "3000/udp", "3000-3005"
std::optional<port_range> range_from(std::string text) {
    port_range range;
    if (const auto slash = text.find('/'); slash != std::string::npos) {
        range.protocol = text.substr(slash + 1);
        text.resize(slash);
    }
    const auto dash = text.find('-');
    const auto first = port_from(text.substr(0, dash));
    const auto last = dash == std::string::npos ? first : port_from(text.substr(dash + 1));
    if (!first || !last || *last < *first ||
        (range.protocol != "tcp" && range.protocol != "udp" && range.protocol != "sctp"))
        return std::nullopt;
    range.first = *first;
    range.last = *last;
    return range;
}

// False when there are too many: what is left out then is never used.
bool add_ports(const port_range& range, std::set<std::string>& ports) {
    for (int port = range.first; port <= range.last; ++port) {
        ports.insert(std::to_string(port) + "/" + range.protocol);
        if (ports.size() > most_ports) return false;
    }
    return true;
}

} // namespace

namespace shapes {

json command(const json& value, const shape_report& out) {
    if (value.is_null()) return nullptr;
    if (value.is_string()) {
        const auto words = shell_words(value.get<std::string>());
        if (!words) out.add("", "a quote is not closed", "close it, or write a list of words");
        return words.value_or(std::vector<std::string>{});
    }
    if (!value.is_array()) {
        wrong_shape(value, "", "a command line or a list of words", out);
        return json::array();
    }
    json list = json::array();
    for (std::size_t i = 0; i < value.size(); ++i)
        list.push_back(text_item_of(value[i], below("", i), out));
    return list;
}

json expose(const json& value, const shape_report& out) {
    std::set<std::string> ports;
    if (!value.is_array()) {
        wrong_shape(value, "", "a list of ports", out);
        return json::array();
    }
    bool fits = true;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const auto range = range_from(scalar_text(value[i]).value_or(""));
        if (!range)
            out.add(below("", i), shown_value(value[i]) + " is not a port",
                    "write 3000, 3000/udp or 3000-3005");
        else if (fits)
            fits = add_ports(*range, ports);
    }
    if (fits) return ports;
    out.add("", "more than 1,000 ports",
            "write fewer; services of a colour reach each other on every port without it");
    return json::array();
}

json tmpfs(const json& value, const shape_report& out) {
    json map = json::object();
    for (const auto& [at, item] : texts(value, out)) {
        const auto colon = item.find(':');
        if (item.empty()) {
            empty_item(at, out);
            continue;
        }
        if (!item.starts_with('/')) {
            out.add(at, shown_value(item) + " is not an absolute path",
                    "write /path or /path:size=64m");
            continue;
        }
        const auto target = mount_target(item.substr(0, colon), at, out);
        if (map.contains(target))
            out.add(at, "two tmpfs at " + shown_value(target), "remove one of them");
        map[target] = colon == std::string::npos ? "" : item.substr(colon + 1);
    }
    return map;
}

json capabilities(const json& value, const shape_report& out) {
    std::vector<std::string> names;
    if (!value.is_array())
        wrong_shape(value, "", "a list of capabilities", out);
    else
        for (std::size_t i = 0; i < value.size(); ++i) {
            auto name = text_item_of(value[i], below("", i), out);
            if (value[i] == "") empty_item(below("", i), out);
            std::transform(name.begin(), name.end(), name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
            names.push_back(name.starts_with("CAP_") ? name.substr(4) : name);
        }
    return sorted_unique(std::move(names));
}

json extra_hosts(const json& value, const shape_report& out) {
    json list = json::array();
    std::set<std::string> known;
    if (value.is_object()) {
        for (const auto& [host, item] : value.items()) {
            const auto at = below("", host);
            const auto addresses = item.is_array() ? item : json::array({item});
            for (const auto& address : addresses)
                add_host(host, text_item_of(address, at, out), at, known, list, out);
        }
    } else if (value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i) {
            const auto item = text_item_of(value[i], below("", i), out);
            const auto split = item.find_first_of("=:");
            if (value[i] == "")
                empty_item(below("", i), out);
            else if (!item.empty())
                add_host(item.substr(0, split),
                         split == std::string::npos ? "" : item.substr(split + 1), below("", i),
                         known, list, out);
        }
    } else {
        wrong_shape(value, "", "a list of name:address", out);
    }
    return list;
}

json ulimits(const json& value, const shape_report& out) {
    json map = json::object();
    if (!value.is_object()) {
        wrong_shape(value, "", "a map of limits", out);
        return map;
    }
    const auto limit = [&](const json& written, const std::string& at) -> std::int64_t {
        if (written.is_number_integer() && written >= -1 && !written.is_number_unsigned())
            return written.get<std::int64_t>();
        wrong_shape(written, at, "a whole number, -1 for none", out);
        return 0;
    };
    for (const auto& [name, item] : value.items()) {
        const auto at = below("", name);
        if (!item.is_object()) {
            const auto both = limit(item, at);
            map[name] = {{"soft", both}, {"hard", both}};
            continue;
        }
        check_block_keys("ulimits", item, at, out);
        const auto soft = limit(item.value("soft", json()), below(at, "soft"));
        const auto hard = limit(item.value("hard", json()), below(at, "hard"));
        if (hard != -1 && (soft == -1 || soft > hard))
            out.add(below(at, "soft"), "above the hard limit",
                    "write at most " + std::to_string(hard));
        map[name] = {{"soft", soft}, {"hard", hard}};
    }
    return map;
}

} // namespace shapes

} // namespace alcedo
