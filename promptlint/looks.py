"""The style sheet of the page: light and dark by the reader's choice, black on white on paper."""

from __future__ import annotations

CSS = """
:root{--bg:#fff;--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--panel:#f6f8fa;--left:#1f5fbf;
--saved:#9cc2f5;
--plan:#0a7a55;--warn:#8a4600;--warnbg:#fff4e0;color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--bg:#0f1419;--ink:#e6edf3;--soft:#a3adb8;--line:#37414d;
--panel:#182029;
--left:#6aa6ff;--saved:#2b4a75;--plan:#4cc790;--warn:#ffc46b;--warnbg:#33260f}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:68rem;margin:0 auto;padding:1.5rem 1.25rem 4rem}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 .5rem}
h2{font-size:1.25rem;margin:2.5rem 0 .75rem;border-bottom:1px solid var(--line);padding-bottom:.25rem}
h3{font-size:1rem;margin:1.5rem 0 .5rem}
p{margin:.5rem 0}
.soft{color:var(--soft)}
.tiles{display:flex;flex-wrap:wrap;gap:1rem;margin:1.25rem 0;padding:0;list-style:none}
.tiles li{flex:1 1 12rem;background:var(--panel);border:1px solid var(--line);border-radius:.5rem;
padding:.75rem 1rem}
.tiles b{display:block;font-size:1.75rem;line-height:1.2;font-variant-numeric:tabular-nums}
.note{background:var(--warnbg);color:var(--ink);border-left:4px solid var(--warn);padding:.5rem .75rem;
margin:.5rem 0}
.scroll{overflow-x:auto}
.scroll:focus-visible,summary:focus-visible,a:focus-visible{outline:3px solid var(--left);
outline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:.9rem}
caption{text-align:left;color:var(--soft);padding:.25rem 0}
th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid var(--line)}
thead th{border-bottom:2px solid var(--line);white-space:nowrap}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
code{font:.85em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
code.key{white-space:nowrap}
td code.run{display:block;margin-top:.25rem;background:var(--panel);padding:.15rem .35rem;
border-radius:.25rem}
svg{display:block;width:100%;height:auto;max-height:46rem;
font:13px system-ui,-apple-system,"Segoe UI",sans-serif}
svg text{fill:var(--ink)}
svg .dim{fill:var(--soft)}
svg .end{text-anchor:end}
svg .mid{text-anchor:middle}
svg .grid{stroke:var(--line);stroke-width:1}
svg .left{fill:var(--left)}
svg .saved{fill:var(--saved)}
svg .range{stroke:var(--ink);stroke-width:1.5}
svg .now{stroke:var(--left);stroke-width:2.5;fill:none;stroke-dasharray:7 4}
svg .plan{stroke:var(--plan);stroke-width:2.5;fill:none}
svg .band{fill:var(--plan);opacity:.16}
svg .nowband{fill:var(--left);opacity:.12}
svg .mark{stroke:var(--soft);stroke-width:1.5;stroke-dasharray:2 3}
svg .dot{fill:var(--bg);stroke:var(--ink);stroke-width:2}
figure{margin:1rem 0}
figure svg{min-width:52rem}
figcaption{color:var(--soft);font-size:.9rem}
details{margin:.5rem 0}
summary{cursor:pointer}
ul.plain{padding-left:1.1rem}
ul.plain li{margin:.35rem 0}
@media screen and (max-width:44rem){.scroll table{min-width:56rem}}
@media print{:root{--bg:#fff;--ink:#000;--soft:#333;--line:#999;--panel:#fff;--left:#1f5fbf;
--saved:#b9cfee;
--plan:#0a7a55;--warn:#8a4600;--warnbg:#fff}
body{font-size:10pt}main{max-width:none;padding:0}figure,tr,li,.note{break-inside:avoid}
h2,h3{break-after:avoid}
.scroll{overflow:visible}table{font-size:8pt}th,td{padding:.25rem .35rem}thead th,.n{white-space:normal}
thead{display:table-header-group}svg{max-height:22cm}figure svg{min-width:0}}
"""
