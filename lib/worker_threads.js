module.exports={isMainThread:true,Worker:class{},threadId:0,parentPort:null,workerData:null};
