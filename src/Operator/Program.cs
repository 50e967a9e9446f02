using System.CommandLine;
using LoadTesting.Operator.Api.Schema;
using LoadTesting.Operator.Hosting;

var directory = new Argument<string>("directory") { Description = "Where to." };
var crd = new Command("crd", "Writes the CustomResourceDefinitions; config/crd is what it wrote last.") { directory };
crd.SetAction((result, cancellation) => CrdManifest.WriteAsync(result.GetValue(directory)!, cancellation));
var root = new RootCommand("The load-test operator: LoadTests in a cluster, reconciled into runner Pods and judged.")
{
    RunCommand.Create(Environment.GetEnvironmentVariable, TimeProvider.System),
    crd,
};
return await root.Parse(args).InvokeAsync();
