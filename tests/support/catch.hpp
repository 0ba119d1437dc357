#pragma once

// Catch2 v3 where it is installed, v2's single header otherwise; the tests are written in what both have in common.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
