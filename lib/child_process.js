module.exports={spawn(){},spawnSync(){},exec(){},execFile(){},fork(){},execSync(){},execFileSync(){}};
