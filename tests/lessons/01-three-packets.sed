# Two round trips are four ways: 150 ms / 4 = 37.5 ms.
s/"75 ms"  /"37 ms"  /
