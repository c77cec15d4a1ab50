// Plain JavaScript without dependencies: it must run on any Node to say what to do.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 22)) {
  console.error(
    `lab needs Node 22.22 or newer; this is ${process.version}. Run it as \`npm run lab -- ...\` after \`npm ci\` with install scripts enabled (that brings its own Node), or install a newer Node.`,
  );
  process.exit(1);
}
