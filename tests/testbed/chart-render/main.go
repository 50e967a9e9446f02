// Renders a Helm chart's templates as Helm 3 does, made of the parts that Helm is made of: Go's text/template and the Sprig functions.
// It has what the chart of this repository uses, and refuses what it does not know rather than guessing.
//
//	chart-render --name RELEASE --namespace NAMESPACE [--kube-version v1.30.0] [--notes] CHART <values.yaml
//
// Values from standard input go over the chart's own. Prints the manifests, or with --notes the notes.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/semver"
	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

type files map[string][]byte

func (f files) Get(name string) string { return string(f[name]) }

func (f files) Glob(pattern string) (files, error) {
	found := files{}
	for name, content := range f {
		matches, err := path.Match(pattern, name)
		if err != nil {
			return nil, err
		}
		if matches {
			found[name] = content
		}
	}
	return found, nil
}

type kubeVersion struct{ Version, Major, Minor string }

func (v kubeVersion) String() string { return v.Version }

func main() {
	name := flag.String("name", "release", "name of the release")
	namespace := flag.String("namespace", "default", "namespace of the release")
	version := flag.String("kube-version", "v1.30.0", "version of the API server")
	notes := flag.Bool("notes", false, "print the notes in place of the manifests")
	flag.Parse()
	if flag.NArg() != 1 {
		fail("which chart?")
	}
	output, err := render(flag.Arg(0), *name, *namespace, *version, *notes)
	if err != nil {
		fail(err.Error())
	}
	fmt.Print(output)
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, "chart-render: "+message)
	os.Exit(1)
}

func render(folder, name, namespace, version string, notes bool) (string, error) {
	content, err := read(folder)
	if err != nil {
		return "", err
	}
	chart, err := parse(content["Chart.yaml"])
	if err != nil {
		return "", fmt.Errorf("Chart.yaml: %w", err)
	}
	if wanted, ok := chart["kubeVersion"].(string); ok {
		if err := check(wanted, version); err != nil {
			return "", err
		}
	}
	values, err := parse(content["values.yaml"])
	if err != nil {
		return "", fmt.Errorf("values.yaml: %w", err)
	}
	given, err := io.ReadAll(os.Stdin)
	if err != nil {
		return "", err
	}
	over, err := parse(given)
	if err != nil {
		return "", fmt.Errorf("the given values: %w", err)
	}

	root := template.New("chart").Option("missingkey=zero")
	root.Funcs(functions(root))
	var names []string
	for file, text := range content {
		if strings.HasPrefix(file, "templates/") {
			if _, err := root.New(file).Parse(string(text)); err != nil {
				return "", err
			}
			names = append(names, file)
		}
	}
	sort.Strings(names)

	kube := kubeVersion{Version: version}
	if parsed, err := semver.NewVersion(version); err == nil {
		kube.Major, kube.Minor = fmt.Sprint(parsed.Major()), fmt.Sprint(parsed.Minor())
	}
	data := map[string]interface{}{
		"Values":       merge(values, over),
		"Chart":        title(chart),
		"Release":      map[string]interface{}{"Name": name, "Namespace": namespace, "Service": "Helm", "Revision": 1, "IsInstall": true, "IsUpgrade": false},
		"Capabilities": map[string]interface{}{"KubeVersion": kube},
		"Files":        content,
	}
	var output strings.Builder
	for _, file := range names {
		base := path.Base(file)
		if strings.HasPrefix(base, "_") || (base == "NOTES.txt") != notes {
			continue
		}
		data["Template"] = map[string]interface{}{"Name": file, "BasePath": "templates"}
		var text bytes.Buffer
		if err := root.ExecuteTemplate(&text, file, data); err != nil {
			return "", err
		}
		// Helm, too, prints what is missing as nothing.
		rendered := strings.ReplaceAll(text.String(), "<no value>", "")
		if notes {
			output.WriteString(rendered)
		} else if strings.TrimSpace(rendered) != "" {
			fmt.Fprintf(&output, "---\n# Source: %s\n%s\n", file, strings.TrimSpace(rendered))
		}
	}
	return output.String(), nil
}

func read(folder string) (files, error) {
	content := files{}
	return content, filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(folder, file)
		content[filepath.ToSlash(relative)] = text
		return err
	})
}

func parse(text []byte) (map[string]interface{}, error) {
	values := map[string]interface{}{}
	return values, yaml.Unmarshal(text, &values)
}

func check(wanted, version string) error {
	constraint, err := semver.NewConstraint(wanted)
	if err != nil {
		return fmt.Errorf("kubeVersion: %w", err)
	}
	parsed, err := semver.NewVersion(version)
	if err != nil {
		return fmt.Errorf("--kube-version: %w", err)
	}
	if !constraint.Check(parsed) {
		return fmt.Errorf("the chart needs Kubernetes %s, which %s is not", wanted, version)
	}
	return nil
}

// merge lays values over the chart's: maps merge, everything else replaces, null removes.
func merge(under, over map[string]interface{}) map[string]interface{} {
	merged := map[string]interface{}{}
	for key, value := range under {
		merged[key] = value
	}
	for key, value := range over {
		below, isMap := merged[key].(map[string]interface{})
		above, areMaps := value.(map[string]interface{})
		switch {
		case value == nil:
			delete(merged, key)
		case isMap && areMaps:
			merged[key] = merge(below, above)
		default:
			merged[key] = value
		}
	}
	return merged
}

// title gives the fields of Chart.yaml the names that templates know them by: appVersion is .Chart.AppVersion.
func title(chart map[string]interface{}) map[string]interface{} {
	titled := map[string]interface{}{}
	for key, value := range chart {
		if key == "apiVersion" {
			key = "APIVersion"
		}
		titled[strings.ToUpper(key[:1])+key[1:]] = value
	}
	return titled
}

// functions are Sprig's without the two that read the environment, and Helm's own.
func functions(root *template.Template) template.FuncMap {
	all := sprig.TxtFuncMap()
	delete(all, "env")
	delete(all, "expandenv")
	all["toYaml"] = func(value interface{}) (string, error) {
		text, err := yaml.Marshal(value)
		return strings.TrimSuffix(string(text), "\n"), err
	}
	all["fromYaml"] = func(text string) (map[string]interface{}, error) { return parse([]byte(text)) }
	all["required"] = func(message string, value interface{}) (interface{}, error) {
		if value == nil || value == "" {
			return nil, fmt.Errorf("%s", message)
		}
		return value, nil
	}
	all["fail"] = func(message string) (string, error) { return "", fmt.Errorf("%s", message) }
	all["include"] = func(name string, data interface{}) (string, error) {
		var text strings.Builder
		err := root.ExecuteTemplate(&text, name, data)
		return text.String(), err
	}
	return all
}
