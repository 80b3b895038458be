cmake_minimum_required(VERSION 3.25)
# Includes point down only (run: cmake -DROOT=<tree> -P floors.cmake). Each row: folder, then the
# project folders it may include besides itself.
set(rules
  "reconcilers/model|"
  "reconcilers/blue_green|reconcilers/model"
  "reconcilers/manifest|reconcilers/model"
  "controller/ports|reconcilers/model"
  "controller/engine|reconcilers/model reconcilers/blue_green reconcilers/manifest controller/ports"
  "controller/net|reconcilers/model controller/ports"
  "controller/runtimes|reconcilers/model controller/ports controller/net"
  "controller/traffic|reconcilers/model controller/ports controller/net"
  "controller/probes|reconcilers/model controller/ports controller/net"
  "controller/sources|reconcilers/model controller/ports controller/net"
  "controller/stores|reconcilers/model controller/ports controller/net"
  "controller/telemetry|reconcilers/model controller/ports controller/net"
  "controller/api|reconcilers/model controller/ports controller/net")
# What a floor may take from outside, where that is limited at all.
set(pure_floors "reconcilers/model;reconcilers/blue_green;reconcilers/manifest")

set(wrong "")
foreach(rule IN LISTS rules)
  string(REGEX REPLACE "[|].*" "" folder "${rule}")
  string(REGEX REPLACE "^[^|]*[|]" "" parts "${rule}")
  separate_arguments(parts)
  set(allowed ${folder} ${parts})
  file(GLOB_RECURSE files ${ROOT}/${folder}/*.hpp ${ROOT}/${folder}/*.cpp)
  foreach(file IN LISTS files)
    file(STRINGS ${file} lines REGEX "^#include ")
    foreach(line IN LISTS lines)
      if(line MATCHES "^#include \"((reconcilers|controller)/[^/\"]+)/")
        if(NOT CMAKE_MATCH_1 IN_LIST allowed)
          string(APPEND wrong "${file}: ${line}: ${folder} may not include ${CMAKE_MATCH_1}\n")
        endif()
      elseif(line MATCHES "^#include \"" )
        string(APPEND wrong "${file}: ${line}: spell includes from the root of the tree\n")
      elseif(folder IN_LIST pure_floors AND line MATCHES "<(boost/(asio|beast)|spdlog|prometheus|sqlite3|fstream|thread)")
        string(APPEND wrong "${file}: ${line}: ${folder} does no I/O and starts no thread\n")
      elseif(line MATCHES "<boost/beast" AND NOT folder STREQUAL "controller/net")
        string(APPEND wrong "${file}: ${line}: Beast stays behind controller/net\n")
      endif()
    endforeach()
  endforeach()
endforeach()
if(wrong)
  message(FATAL_ERROR "includes that do not point down:\n${wrong}")
endif()
