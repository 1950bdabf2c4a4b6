// What each subcommand does, one file each (scan_command.cc, rules_list.cc, …). All print results
// on standard output and errors on standard error, and never throw but for std::bad_alloc and what
// cli/app.cc catches.
#pragma once

#include "cli/arguments.h"
#include "cli/exit_status.h"

namespace keywake::cli {

ExitStatus scan_command(const Arguments& arguments);
ExitStatus validate_command(const Arguments& arguments);
ExitStatus recheck_command(const Arguments& arguments);
ExitStatus ci_command(const Arguments& arguments);
ExitStatus baseline_create(const Arguments& arguments);
ExitStatus baseline_update(const Arguments& arguments);
ExitStatus baseline_prune(const Arguments& arguments);
ExitStatus baseline_import(const Arguments& arguments);
ExitStatus hook_run(const Arguments& arguments);
ExitStatus hook_install(const Arguments& arguments);
ExitStatus hook_uninstall(const Arguments& arguments);
ExitStatus hook_status(const Arguments& arguments);
ExitStatus rules_list(const Arguments& arguments);
ExitStatus rules_show(const Arguments& arguments);
ExitStatus rules_why(const Arguments& arguments);
ExitStatus rules_check(const Arguments& arguments);
ExitStatus rules_cost(const Arguments& arguments);
ExitStatus rules_endpoints(const Arguments& arguments);
ExitStatus version_command(const Arguments& arguments);
ExitStatus help_command(const Arguments& arguments);
ExitStatus completions_command(const Arguments& arguments);
ExitStatus man_command(const Arguments& arguments);

}  // namespace keywake::cli
