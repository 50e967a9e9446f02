namespace LoadTesting.Kubernetes.Client;

/// <summary>Reads one user of a kubeconfig.</summary>
internal sealed class KubeconfigUser(KubeconfigFile file, YamlFields fields)
{
    internal const string ExecV1 = "client.authentication.k8s.io/v1";
    internal const string ExecV1Beta1 = "client.authentication.k8s.io/v1beta1";

    public ClusterUser Read()
    {
        if (fields.Has("auth-provider"))
        {
            fields.Problem("auth-provider", "was removed from Kubernetes; use an exec plugin");
        }

        var user = new ClusterUser
        {
            ClientCertificate = KubeconfigPem.Read(file, fields, "client-certificate"),
            ClientKey = KubeconfigPem.Read(file, fields, "client-key"),
            Token = fields.Text("token"),
            TokenFile = TokenFile(),
            Username = fields.Text("username"),
            Password = fields.Text("password"),
            Exec = Exec(),
            ImpersonateUser = fields.Text("as"),
            ImpersonateGroups = fields.Texts("as-groups"),
        };
        if (Names("client-certificate") != Names("client-key"))
        {
            fields.Problem(Names("client-key") ? "client-certificate" : "client-key", "certificate and key must be given together");
        }

        return user;
    }

    private bool Names(string pem) => fields.Has(pem) || fields.Has($"{pem}-data");

    private string? TokenFile()
    {
        if (fields.Text("tokenFile") is not { Length: > 0 } path)
        {
            return null;
        }

        var full = file.Resolve(path);
        if (!File.Exists(full))
        {
            fields.Problem("tokenFile", $"{full} does not exist");
        }

        return full;
    }

    private ExecPlugin? Exec()
    {
        var exec = fields.Map("exec");
        if (!exec.IsPresent)
        {
            return null;
        }

        var version = exec.Text("apiVersion") ?? "";
        if (version is not (ExecV1 or ExecV1Beta1))
        {
            exec.Problem("apiVersion", $"'{version}' must be {ExecV1} or {ExecV1Beta1}");
        }

        var mode = exec.Text("interactiveMode");
        if (mode == "Always")
        {
            exec.Problem("interactiveMode", "the plugin needs a terminal, which this process does not give it");
        }
        else if (mode is not (null or "Never" or "IfAvailable"))
        {
            exec.Problem("interactiveMode", $"'{mode}' must be Never, IfAvailable or Always");
        }
        else if (mode is null && version == ExecV1)
        {
            exec.Problem("interactiveMode", $"is mandatory in {ExecV1}");
        }

        if (exec.Text("command") is not { Length: > 0 } command)
        {
            exec.Problem("command", "is missing");
            return null;
        }

        return new ExecPlugin
        {
            ApiVersion = version,
            // As in a shell: a name is looked up, a path is a path, and a relative one means the kubeconfig's folder.
            Command = command.Contains('/', StringComparison.Ordinal) ? file.Resolve(command) : command,
            Args = exec.Texts("args"),
            Env = exec.Maps("env", "name").Where(e => e.Has("name")).GroupBy(e => e.Text("name")!).ToDictionary(g => g.Key, g => g.Last().Text("value") ?? ""),
            ProvideClusterInfo = exec.Flag("provideClusterInfo"),
            InstallHint = exec.Text("installHint"),
        };
    }
}
