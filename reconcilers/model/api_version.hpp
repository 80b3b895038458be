#pragma once
// How a manifest says what it is, and how every answer about an app says it back.

#include <string_view>

namespace alcedo {

inline constexpr std::string_view api_version = "alcedo.dev/v1alpha1";
inline constexpr std::string_view app_kind = "BlueGreen";

} // namespace alcedo
