#pragma once
// How doctest shows a result: by its error.

#include "reconcilers/model/result.hpp"

#include <doctest/doctest.h>

namespace doctest {

template <class T>
struct StringMaker<boost::system::result<T, alcedo::error>> {
    static String convert(const boost::system::result<T, alcedo::error>& r) {
        return r ? String("a value") : String(to_string(r.error()).c_str());
    }
};

} // namespace doctest
