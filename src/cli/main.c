/* The program `galley`: a known command is run here, anything else is a program for the runtime. */
#include "cli/command.h"
#include "cli/runtime.h"

int main(int argc, char **argv) {
    if (argc < 2) return command_help((CommandLine){argc, argv});
    const Command *command = command_find(argv[1]);
    if (!command) return runtime_become(argv);
    return command->run((CommandLine){argc - 1, argv + 1});
}
