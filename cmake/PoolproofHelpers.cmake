# One helper per kind of target, so that every target gets the same language level, warnings and
# sanitizers, and so that what a box may see stands in one place: its DEPS.

add_library(poolproof_options INTERFACE)
target_compile_features(poolproof_options INTERFACE cxx_std_20)
target_include_directories(poolproof_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(poolproof_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align
  # g++ 12 sees overlapping copies in std::string where there are none (GCC bug 105329).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<BOOL:${POOLPROOF_WERROR}>:-Werror>)
if(POOLPROOF_SANITIZE)
  target_compile_options(poolproof_options INTERFACE
    -fsanitize=${POOLPROOF_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
    # The vptr check opens a pipe; where descriptors have run out (which is tested) it cries wolf.
    -fno-sanitize=vptr)
  target_link_options(poolproof_options INTERFACE -fsanitize=${POOLPROOF_SANITIZE})
endif()
if(POOLPROOF_FUZZ)  # what the fuzzer steers by must be compiled into the libraries, too
  target_compile_options(poolproof_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# poolproof_library(NAME DEPS lib...): a static library of every .cpp below the current folder.
# DEPS are what the box may see; nothing else is linked. EXCLUDE takes folder names to leave out.
function(poolproof_library name)
  cmake_parse_arguments(ARG "" "" "DEPS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC poolproof_options ${ARG_DEPS})
endfunction()

# poolproof_test(NAME DEPS lib...): a GoogleTest binary of every *_test.cpp below the current folder,
# each of its tests known to ctest by name.
function(poolproof_test name)
  cmake_parse_arguments(ARG "" "" "DEPS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE poolproof_options ${ARG_DEPS} GTest::gtest GTest::gmock
    GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE POOLPROOF_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    TEST_PREFIX ${name}. PROPERTIES TIMEOUT 120)
endfunction()
