using LoadTesting.Operator.Api.Schema;

// `loadtest-operator crd DIRECTORY` writes the CustomResourceDefinitions; config/crd is what it wrote last.
if (args is ["crd", var directory])
{
    foreach (var (file, content) in CrdManifest.Files())
    {
        await File.WriteAllTextAsync(Path.Combine(directory, file), content);
    }

    return 0;
}

await Console.Error.WriteLineAsync("usage: loadtest-operator crd DIRECTORY");
return 104;
