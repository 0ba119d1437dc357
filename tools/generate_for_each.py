#!/usr/bin/env python3
"""Write include/instar/model/for_each.hpp: the preprocessor loop over the entries of a model."""
import sys

LIMIT = 342

print("""#pragma once

/// \\file Written by tools/generate_for_each.py: INSTAR_FOR_EACH(F, context, a, b, …) is F(context, a) F(context, b) …, for up to
/// 342 entries. A chain of macros instead of a counted one: it ends by itself and costs only what is used.

// clang-format off
#define INSTAR_FOR_EACH(F, C, ...) __VA_OPT__(INSTAR_FOR_EACH_1(F, C, __VA_ARGS__))""")
for i in range(1, LIMIT):
    print(f"#define INSTAR_FOR_EACH_{i}(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_{i+1}(F, C, __VA_ARGS__))")
print(f"#define INSTAR_FOR_EACH_{LIMIT}(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_a_model_has_at_most_{LIMIT-1}_entries)")
print("// clang-format on")
