#pragma once

// Databases at run time: their addresses, connections to them and their errors.

#include <instar/database/connection.hpp>
#include <instar/database/environment.hpp>
#include <instar/database/error.hpp>
#include <instar/database/open.hpp>
#include <instar/database/url.hpp>
