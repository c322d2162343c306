"""The .deb: built here or handed in, read, and made into a later version of itself."""

import os
import subprocess


class Package:
    def __init__(self, file):
        self.file = os.path.abspath(file)
        self.name = self.field("Package")
        self.version = self.field("Version")

    def field(self, name):
        return subprocess.run(
            ["dpkg-deb", "--field", self.file, name], check=True, capture_output=True,
            encoding="utf-8").stdout.strip()

    @property
    def dependencies(self):
        """The names that it depends on, of alternatives the first."""
        terms = f"{self.field('Pre-Depends')},{self.field('Depends')}".split(",")
        names = [term.split("|")[0].split("(")[0].split(":")[0].strip() for term in terms]
        return sorted({name for name in names if name})

    def later(self, directory, change=None):
        """The same with a higher version; `change` may edit the unpacked tree first."""
        tree = os.path.join(directory, "later")
        subprocess.run(["dpkg-deb", "--raw-extract", self.file, tree], check=True)
        control = os.path.join(tree, "DEBIAN", "control")
        with open(control, encoding="utf-8") as file:
            text = file.read()
        version = self.version + "+later1"
        with open(control, "w", encoding="utf-8") as file:
            file.write(text.replace(f"Version: {self.version}\n", f"Version: {version}\n"))
        if change:
            change(tree)
        file = os.path.join(directory, f"{self.name}-later.deb")
        # Quickly: it is read once.
        subprocess.run(["dpkg-deb", "-Znone", "--root-owner-group", "--build", tree, file],
                       check=True, stdout=subprocess.DEVNULL)
        return Package(file)
