// What Python writes between the modules of the live page.
declare const KERNELS: Function[];
