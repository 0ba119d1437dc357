#pragma once

// Databases at run time: their addresses, connections to them and their errors. Two headers are for those who want
// them: rows.hpp (rows as aggregates, with Boost.PFR) and interruption.hpp (signals, POSIX). What only passes a
// connection on needs connection.hpp alone, which knows neither libpqxx nor sqlite3.

#include <instar/database/connection.hpp>
#include <instar/database/environment.hpp>
#include <instar/database/error.hpp>
#include <instar/database/open.hpp>
#include <instar/database/url.hpp>
#include <instar/database/waiting.hpp>
