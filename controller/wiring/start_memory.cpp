#include "controller/wiring/start_memory.hpp"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

namespace alcedo {

namespace {

/// What was relocated or written is in segments with PF_W: those would lose it.
bool is_as_on_disk(const ElfW(Phdr) & segment) {
    return segment.p_type == PT_LOAD && (segment.p_flags & PF_W) == 0;
}

int give_back(dl_phdr_info* object, std::size_t, void*) {
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    for (int i = 0; i < object->dlpi_phnum; ++i) {
        const auto& segment = object->dlpi_phdr[i];
        if (!is_as_on_disk(segment)) continue;
        const auto first = object->dlpi_addr + segment.p_vaddr;
        const auto begin = first / page * page;
        const auto size = first + segment.p_memsz - begin;
        ::madvise(reinterpret_cast<void*>(begin), size, MADV_DONTNEED);
    }
    return 0;
}

} // namespace

void give_back_start() {
    ::dl_iterate_phdr(give_back, nullptr);
    ::malloc_trim(0);
}

} // namespace alcedo
