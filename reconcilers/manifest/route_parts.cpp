#include "reconcilers/manifest/route_parts.hpp"

#include <algorithm>
#include <set>

namespace alcedo::manifest {

namespace {

std::string with_provider(const std::string& name) {
    return name.find('@') == std::string::npos ? name + "@file" : name;
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// The markers of our own document come and go with each generation.
bool is_marker(const std::string& name) {
    return name.starts_with("alcedo-gen-") || name.starts_with("alcedo-promises");
}

std::string read_options(const block& tls, const std::string& pointer, report& out) {
    const auto written = tls.text("options");
    if (written.starts_with("default@"))
        out.error(child(pointer, "options"), "the default options belong to no provider",
                  "write default, or leave it out");
    // Traefik's one name without a provider.
    return written.empty() || written == "default" ? written : with_provider(written);
}

std::vector<tls_domain> read_domains(const block& tls, const std::string& pointer, report& out) {
    std::vector<tls_domain> domains;
    std::set<std::string> seen;
    const auto once = [&](const std::string& name, const std::string& where) {
        if (!name.empty() && !seen.insert(lower(name)).second)
            out.error(where, "\"" + name + "\" is written twice", "remove it");
    };
    const auto all = tls.list("domains");
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto here = child(child(pointer, "domains"), i);
        tls_domain one{all[i].text("main"), all[i].texts("sans")};
        once(one.main, child(here, "main"));
        for (std::size_t k = 0; k < one.sans.size(); ++k)
            once(one.sans[k], child(child(here, "sans"), k));
        domains.push_back(std::move(one));
    }
    return domains;
}

} // namespace

std::optional<route_tls> read_tls(const block& route, const std::string& pointer, report& out) {
    if (!route.has("tls")) return std::nullopt;
    const auto written = route.inner("tls");
    const auto here = child(pointer, "tls");
    route_tls tls;
    tls.cert_resolver = written.text("certResolver");
    tls.options = read_options(written, here, out);
    tls.domains = read_domains(written, here, out);
    if (!tls.domains.empty() && tls.cert_resolver.empty())
        out.warning(child(here, "domains"), "without a certResolver nobody asks for a certificate",
                    "write certResolver with it, or remove domains");
    return tls;
}

std::vector<std::string> read_middlewares(const block& route, const std::string& pointer,
                                          report& out) {
    std::vector<std::string> names;
    for (const auto& written : route.texts("middlewares")) {
        const auto here = child(child(pointer, "middlewares"), names.size());
        auto name = with_provider(written);
        if (is_marker(name)) out.error(here, "\"" + written + "\" belongs to alcedo", "remove it");
        if (std::find(names.begin(), names.end(), name) != names.end())
            out.error(here,
                      "\"" + written + "\" is written twice" +
                          (written == name ? "" : ": without a provider it is " + name),
                      "remove it");
        names.push_back(std::move(name));
    }
    return names;
}

} // namespace alcedo::manifest
