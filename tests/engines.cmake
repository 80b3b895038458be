# The engines that tests with an engine of their own run on, in SANDBOX_ENGINE's words.
set(ALCEDO_TEST_ENGINES 20.10 26.1 28)
# What is special about an engine changes little: only some tests run there, and only by flag. The last
# one is as near to Engine 29 as Debian's packages come.
set(ALCEDO_SPECIAL_ENGINES 26.1+live-restore 26.1+api-1.44 28+api-1.44+snapshotter)

# alcedo_engine_test(NAME name LABEL label TIMEOUT seconds [ALWAYS engine...] [SPECIAL] [ALONE]
#                    COMMAND command... [ENVIRONMENT variable...])
# One test per engine: `name` on 20.10, `name_26.1`, `name_28`, each with the label `engine-<version>`.
# ALWAYS: the engines it runs on without being asked (tests/on_engine); SPECIAL: on the special ones too.
# ALONE: it looks at the whole machine. The others have a sandbox of their own and mostly wait, so two of
# them run side by side.
function(alcedo_engine_test)
  cmake_parse_arguments(PARSE_ARGV 0 one "SPECIAL;ALONE" "NAME;LABEL;TIMEOUT" "ALWAYS;COMMAND;ENVIRONMENT")
  set(engines ${ALCEDO_TEST_ENGINES})
  if(one_SPECIAL)
    list(APPEND engines ${ALCEDO_SPECIAL_ENGINES})
  endif()
  foreach(engine ${engines})
    string(REPLACE "+" "-" suffix ${engine})
    set(name ${one_NAME}_${suffix})
    if(engine STREQUAL 20.10)
      set(name ${one_NAME})
    endif()
    set(when by-flag)
    if(engine IN_LIST one_ALWAYS)
      set(when always)
    endif()
    add_test(NAME ${name} COMMAND ${CMAKE_SOURCE_DIR}/tests/on_engine ${engine} ${when} ${one_COMMAND})
    set_tests_properties(${name} PROPERTIES LABELS "${one_LABEL};engine-${suffix}" RUN_SERIAL ${one_ALONE}
      TIMEOUT ${one_TIMEOUT} SKIP_RETURN_CODE 77 ENVIRONMENT "${one_ENVIRONMENT}")
  endforeach()
endfunction()
