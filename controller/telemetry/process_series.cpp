#include "controller/telemetry/process_series.hpp"

#include "controller/telemetry/app_series.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>

namespace alcedo {

namespace {

struct process_figures {
    double cpu_seconds = 0;
    double start_seconds = 0; ///< since boot
    double virtual_bytes = 0;
    double resident_bytes = 0;
};

/// proc(5), /proc/[pid]/stat: the fields after the last ')' begin with number 3 (state).
std::optional<process_figures> read_stat() {
    std::ifstream file("/proc/self/stat");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto name_end = text.rfind(')');
    if (name_end == text.npos) return {};
    std::istringstream rest(text.substr(name_end + 1));
    const std::vector<std::string> fields{std::istream_iterator<std::string>(rest), {}};
    if (fields.size() < 22) return {};
    const auto field = [&](std::size_t number) {
        std::istringstream one(fields[number - 3]);
        double value = 0;
        one >> value;
        return value;
    };
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    process_figures out;
    out.cpu_seconds = (field(14) + field(15)) / ticks;
    out.start_seconds = field(22) / ticks;
    out.virtual_bytes = field(23);
    out.resident_bytes = field(24) * static_cast<double>(::sysconf(_SC_PAGESIZE));
    return out;
}

std::optional<double> boot_time() {
    std::ifstream file("/proc/stat");
    for (std::string word; file >> word;) {
        double seconds = 0;
        if (word == "btime" && file >> seconds) return seconds;
    }
    return {};
}

std::optional<double> open_descriptors() {
    std::error_code problem;
    std::filesystem::directory_iterator entries("/proc/self/fd", problem);
    if (problem) return {};
    double count = -1; // the listing's own descriptor
    for (const auto end = std::filesystem::directory_iterator{}; entries != end && !problem;
         entries.increment(problem))
        ++count;
    return count;
}

std::optional<double> most_descriptors() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
    return static_cast<double>(limit.rlim_cur);
}

class collection {
public:
    void add(const char* name, const char* help, std::optional<double> value,
             prometheus::MetricType type = prometheus::MetricType::Gauge) {
        if (!value) return;
        auto family = gauge_family(name, help);
        family.type = type;
        add_sample(family, {}, *value);
        family.metric.back().counter.value = *value;
        families.push_back(std::move(family));
    }
    std::vector<prometheus::MetricFamily> families;
};

} // namespace

std::vector<prometheus::MetricFamily> process_series::Collect() const {
    collection out;
    const auto stat = read_stat();
    const auto boot = boot_time();
    out.add("process_open_fds", "Number of open file descriptors.", open_descriptors());
    out.add("process_max_fds", "Maximum number of open file descriptors.", most_descriptors());
    if (!stat) return std::move(out.families);
    out.add("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.",
            stat->cpu_seconds, prometheus::MetricType::Counter);
    out.add("process_resident_memory_bytes", "Resident memory size in bytes.",
            stat->resident_bytes);
    out.add("process_virtual_memory_bytes", "Virtual memory size in bytes.", stat->virtual_bytes);
    if (boot)
        out.add("process_start_time_seconds",
                "Start time of the process since unix epoch in seconds.",
                *boot + stat->start_seconds);
    return std::move(out.families);
}

} // namespace alcedo
