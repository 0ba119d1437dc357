#pragma once

/// \file Boost.Hana: models are Hana Structs, and Hana Structs become models by INSTAR_HANA_MODEL.

#include "instar/model/hana.hpp"
