#pragma once

/// \file What a models file includes: models, schemas, their comparison and their SQL. No I/O, no database.

#include "instar/model/describe.hpp"
#include "instar/model/schema.hpp"
#include "instar/schema/dialect.hpp"
#include "instar/schema/snapshot.hpp"
#include "instar/sql/compiled.hpp"
