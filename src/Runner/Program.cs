using LoadTesting.Runner.Cli;
using LoadTesting.Runner.Loops;

LinuxHeaps.GiveBack();
return await CommandLine.InvokeAsync(args);
