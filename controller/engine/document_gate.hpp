#pragma once
// Neither store nor disk knows the proxy's document: the first one written is empty, and holds its
// routes only once the records of what runs are made again. A proxy that asks for its document
// (provider http) goes on with what it has until then.

#include "controller/engine/catalogue.hpp"
#include "controller/engine/parts.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>

namespace alcedo {

using app_memories = std::map<std::string, std::shared_ptr<app_memory>>;

class document_gate {
public:
    document_gate(publisher& proxy, const catalogue& specs) : proxy_(proxy), specs_(specs) {}

    /// Apps that left something behind: what the document must hold, if they serve and have routes.
    void expect(std::set<std::string> apps);
    /// After a pass over the app; it is not in `all` any more if it was buried. Opens the document
    /// with the last of them.
    void passed(const std::string& app, const app_memories& all);

private:
    publisher& proxy_;
    const catalogue& specs_;
    bool expecting_ = false;
    std::set<std::string> missing_;

    bool is_settled(const std::string& app, const record&) const;
    void open_if_whole();
};

} // namespace alcedo
