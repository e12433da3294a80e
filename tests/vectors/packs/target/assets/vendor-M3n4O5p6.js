export const t=(n,e)=>n==null?e:n,rr="packs";
t.part0=function(n){return n+0};
t.part1=function(n){return n+1};
t.part2=function(n){return n+2};
t.part3=function(n){return n+3};
t.more=()=>{/* ====================================================== */};
export{t as a,rr as b};
