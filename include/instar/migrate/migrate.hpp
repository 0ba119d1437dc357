#pragma once

// Migrations: a history of SQL scripts, the ledger of a database, and the migrator that brings the two together.

#include <instar/migrate/embedded.hpp>
#include <instar/migrate/error.hpp>
#include <instar/migrate/fleet.hpp>
#include <instar/migrate/fleet_targets.hpp>
#include <instar/migrate/history.hpp>
#include <instar/migrate/ledger.hpp>
#include <instar/migrate/migrator.hpp>
#include <instar/migrate/report.hpp>
#include <instar/migrate/snapshot_file.hpp>
