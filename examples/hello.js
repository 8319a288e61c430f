// The smallest program: galley examples/hello.js
console.log(`Hello from Galley ${process.versions.galley}, process ${process.pid}`);
