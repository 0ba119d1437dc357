#pragma once

/// \file Boost.PFR: plain aggregates become models by INSTAR_PFR_MODEL, without a list of their fields.

#include "instar/model/pfr.hpp"
