#pragma once
// Breaks the rule on purpose: the floor check must see it.
#include "controller/net/http_client.hpp"
